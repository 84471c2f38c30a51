#pragma once

#include "engine/dialect.h"
#include "engine/reference/arithmetic/arithmetic.h"

namespace plumbline::reference {

// g over the root of v, with epsilon where the dialect has it (RootEpsilon).
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value over_root(const A& a, RootEpsilon place, Value g, Value v, Value epsilon) {
  switch (place) {
    case RootEpsilon::Outside:
      return g / (a.sqrt(v) + epsilon);
    case RootEpsilon::Inside:
      return g / a.sqrt(v + epsilon);
    case RootEpsilon::Reciprocal:
      break;
  }
  return a.size(v) > 0 ? g * (a.constant(1) / a.sqrt(v + epsilon)) : Value{};
}

}  // namespace plumbline::reference
