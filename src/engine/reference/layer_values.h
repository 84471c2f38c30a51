#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/defaults.h"
#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"
#include "engine/reference/operations/batch_norm.h"
#include "engine/reference/operations/kernel_order.h"
#include "engine/reference/window.h"

namespace plumbline::reference {

template <typename Value>
using Arrays = std::map<std::string, Array<Value>>;

// What one operation of a network reads besides its own description.
template <Arithmetic A>
struct LayerValues {
  using Value = typename A::Value;

  const A& a;
  std::vector<const Array<Value>*> inputs;
  const Arrays<Value>& parameters;
  std::string prefix;  // of this layer's parameters
  const Tensor* mask;  // of a dropout layer in training, else null
  bool training;
  const Dialect& dialect;

  [[nodiscard]] const Array<Value>& input() const { return *inputs.front(); }
  [[nodiscard]] std::string name_of(const char* parameter) const {
    return prefix + "/" + parameter;
  }
  [[nodiscard]] const Array<Value>& parameter(const char* name) const {
    return parameters.at(name_of(name));
  }
  // The kernel of a conv2d as it is laid on the input.
  [[nodiscard]] Array<Value> kernel() const {
    return ordered(dialect.kernel_order, parameter("kernel"));
  }
  // Of a conv2d, and of a pool.
  [[nodiscard]] Window window(const Conv2d& op) const {
    return Window::make(input().shape(), op.kernel, op.stride, op.padding, dialect.conv_padding);
  }
  template <typename Pool>
  [[nodiscard]] Window window(const Pool& op) const {
    return Window::make(input().shape(), op.size, op.stride, op.padding, dialect.pool_padding);
  }
  [[nodiscard]] BatchNormParameters<Value> batch_norm_parameters() const {
    return {parameter("gamma"),
            parameter("beta"),
            parameter("moving_mean"),
            parameter("moving_variance")};
  }
  [[nodiscard]] Array<Value> mask_values() const {
    Array<Value> values(mask->shape());
    const auto bytes = mask->as<std::uint8_t>();
    for (std::int64_t e = 0; e < values.size(); ++e) {
      values(e) = a.input(bytes[static_cast<std::size_t>(e)] != 0 ? 1 : 0);
    }
    return values;
  }
};

}  // namespace plumbline::reference
