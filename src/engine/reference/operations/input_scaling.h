#pragma once

#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"
#include "study/recipe.h"

namespace plumbline::reference {

// Stored pixels, U8 or F32, as the network's inputs: (x * factor - mean) / stddev.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> scaled_inputs(const A& a,
                                         const Tensor& pixels,
                                         const InputScaling& scaling) {
  Array<Value> inputs(pixels.shape());
  const auto scale = [&](double pixel) {
    const Value x = a.input(pixel) * a.constant(scaling.factor);
    return (x - a.constant(scaling.mean)) / a.constant(scaling.stddev);
  };
  for (std::int64_t e = 0; e < inputs.size(); ++e) {
    const auto index = static_cast<std::size_t>(e);
    inputs(e) =
        scale(pixels.dtype() == DType::U8 ? static_cast<double>(pixels.as<std::uint8_t>()[index])
                                          : static_cast<double>(pixels.as<float>()[index]));
  }
  return inputs;
}

}  // namespace plumbline::reference
