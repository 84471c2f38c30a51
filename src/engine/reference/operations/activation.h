#pragma once

#include <numbers>

#include "engine/defaults.h"
#include "engine/reference/arithmetic/arithmetic.h"
#include "engine/reference/array.h"

namespace plumbline::reference {

// Functions of one number, each beside its derivative, then the layer that applies one everywhere.
//   relu(x) = max(x, 0)
//   leaky_relu(x) = x, or slope * x below zero
// The derivative of these two where x is exactly 0 is the dialect's (SlopeAtZero).
//   sigmoid(x) = 1 / (1 + exp(-x))
//   gelu(x) = x / 2 * (1 + erf(x / sqrt 2)), Hendrycks & Gimpel 2016; with approximate
//     x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value sigmoid(const A& a, Value x) {
  const Value one = a.constant(1);
  // (1 + tanh(x / 2)) / 2 is legal too, and rounds in units of 1.
  return a.allow(one / (one + a.exp(-x)), 1, 1);
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value sigmoid_derivative(const A& a, Value x) {
  const Value y = sigmoid(a, x);
  return y * (a.constant(1) - y);
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value tanh_derivative(const A& a, Value x) {
  const Value y = a.tanh(x);
  return a.constant(1) - y * y;
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value gelu_erf(const A& a, Value x) {
  return a.constant(0.5) * x * (a.constant(1) + a.erf(x * a.constant(std::numbers::sqrt2 / 2)));
}

// (1 + erf(x / sqrt 2)) / 2 + x * exp(-x^2 / 2) / sqrt(2 pi)
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value gelu_erf_derivative(const A& a, Value x) {
  const Value half = a.constant(0.5);
  const Value below = half * (a.constant(1) + a.erf(x * a.constant(std::numbers::sqrt2 / 2)));
  const double density_at_0 = std::numbers::inv_sqrtpi * std::numbers::sqrt2 / 2;
  return below + x * a.constant(density_at_0) * a.exp(-(half * x * x));
}

inline constexpr double kGeluCubic = 0.044715;
inline constexpr double kGeluScale = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value gelu_tanh(const A& a, Value x) {
  const Value inner = a.constant(kGeluScale) * (x + a.constant(kGeluCubic) * x * x * x);
  return a.constant(0.5) * x * (a.constant(1) + a.tanh(inner));
}

// (1 + t) / 2 + x / 2 * (1 - t^2) * inner'(x), t = tanh(inner)
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value gelu_tanh_derivative(const A& a, Value x) {
  const Value half = a.constant(0.5);
  const Value one = a.constant(1);
  const Value inner = a.constant(kGeluScale) * (x + a.constant(kGeluCubic) * x * x * x);
  const Value slope = a.constant(kGeluScale) * (one + a.constant(3 * kGeluCubic) * x * x);
  const Value t = a.tanh(inner);
  return half * (one + t) + half * x * (one - t * t) * slope;
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value activate(const A& a, const Activation& activation, Value x) {
  switch (activation.kind) {
    case ActivationKind::Relu:
      return a.select(x, x, Value{});
    case ActivationKind::LeakyRelu:
      return a.select(x, x, a.constant(resolved(activation.slope)) * x);
    case ActivationKind::Tanh:
      return a.tanh(x);
    case ActivationKind::Sigmoid:
      return sigmoid(a, x);
    case ActivationKind::Gelu:
      break;
  }
  return resolved(activation.approximate) ? gelu_tanh(a, x) : gelu_erf(a, x);
}

// 1 above 0, `below` below it.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value kinked_derivative(const A& a, SlopeAtZero at_zero, double below, Value x) {
  const Value one = a.constant(1);
  const Value lower = a.constant(below);
  switch (at_zero) {
    case SlopeAtZero::Below:
      break;
    case SlopeAtZero::Middle:
      return a.select(x, one, a.select(-x, lower, a.constant((1 + below) / 2)));
    case SlopeAtZero::Above:
      return a.select(-x, lower, one);
  }
  return a.select(x, one, lower);
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Value derivative(const A& a,
                               const Dialect& dialect,
                               const Activation& activation,
                               Value x) {
  switch (activation.kind) {
    case ActivationKind::Relu:
      return kinked_derivative(a, dialect.relu_at_zero, 0, x);
    case ActivationKind::LeakyRelu:
      return kinked_derivative(a, dialect.leaky_relu_at_zero, resolved(activation.slope), x);
    case ActivationKind::Tanh:
      return tanh_derivative(a, x);
    case ActivationKind::Sigmoid:
      return sigmoid_derivative(a, x);
    case ActivationKind::Gelu:
      break;
  }
  return resolved(activation.approximate) ? gelu_tanh_derivative(a, x) : gelu_erf_derivative(a, x);
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> activation(const A& a,
                                      const Activation& function,
                                      const Array<Value>& x) {
  Array<Value> y(x.shape());
  for (std::int64_t e = 0; e < x.size(); ++e) {
    y(e) = activate(a, function, x(e));
  }
  return y;
}

template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> activation_gradient(const A& a,
                                               const Dialect& dialect,
                                               const Activation& function,
                                               const Array<Value>& x,
                                               const Array<Value>& dy) {
  Array<Value> dx(x.shape());
  for (std::int64_t e = 0; e < x.size(); ++e) {
    dx(e) = dy(e) * derivative(a, dialect, function, x(e));
  }
  return dx;
}

}  // namespace plumbline::reference
