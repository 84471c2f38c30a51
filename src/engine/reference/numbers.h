#pragma once

#include <cstdint>

#include "engine/dialect.h"
#include "engine/reference/arithmetic/arithmetic.h"

namespace plumbline::reference {

// The numbers of a recipe, or worked out of them, in the convention of a framework (Constants). A
// float32 number enters every arithmetic exactly; an Exact one with a budget for its rounding and
// for what the other conventions make of it.
template <Arithmetic A>
class Numbers {
 public:
  using Value = typename A::Value;

  Numbers(const A& a, Constants constants) : a_(a), constants_(constants) {}

  [[nodiscard]] Value of(double x) const {
    return a_.constant(constants_ == Constants::Exact ? x : rounded(x));
  }
  [[nodiscard]] Value one_minus(double x) const {
    switch (constants_) {
      case Constants::Exact:
        break;
      case Constants::DoubleThenCast:
        return a_.constant(rounded(1 - x));
      case Constants::Float32:
        return a_.constant(static_cast<double>(1.0F - static_cast<float>(x)));
    }
    return a_.constant(1) - a_.constant(x);
  }

 private:
  [[nodiscard]] static double rounded(double x) {
    return static_cast<double>(static_cast<float>(x));
  }
  const A& a_;
  Constants constants_;
};

}  // namespace plumbline::reference
