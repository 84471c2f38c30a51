#pragma once

#include <utility>

#include "engine/defaults.h"
#include "engine/reference/array.h"
#include "engine/reference/numbers.h"
#include "engine/reference/operations/normalise.h"

namespace plumbline::reference {

// Batch normalisation (Ioffe & Szegedy 2015): a group is one channel, over the batch and all
// places.
//   x, y (..., channels); gamma, beta, running mean and variance (channels)

template <typename Value>
struct BatchNormParameters {
  const Array<Value>& gamma;
  const Array<Value>& beta;
  const Array<Value>& moving_mean;
  const Array<Value>& moving_variance;
};

template <Arithmetic A, typename Sum, typename Value = typename A::Value>
[[nodiscard]] Moments<Value> channel_moments(const A& a,
                                             const Array<Value>& x,
                                             std::int64_t c,
                                             const Sum& sum) {
  return moments(a, x.rows(), [&](std::int64_t r) { return x(r, c); }, sum);
}

// In training each channel is normalised by its own batch, in inference by the running values.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] Array<Value> batch_norm(const A& a,
                                      const Array<Value>& x,
                                      const BatchNormParameters<Value>& parameters,
                                      double epsilon,
                                      bool training) {
  Array<Value> y(x.shape());
  for (std::int64_t c = 0; c < x.channels(); ++c) {
    const Moments<Value> channel =
        training ? channel_moments(a, x, c, a.sum())
                 : Moments<Value>{parameters.moving_mean(c), parameters.moving_variance(c)};
    const Scale<Value> scale = scale_of(a, channel, epsilon);
    for (std::int64_t r = 0; r < x.rows(); ++r) {
      y(r, c) = scale_and_shift(a, x(r, c), scale, parameters.gamma(c), parameters.beta(c));
    }
  }
  return y;
}

template <typename Value>
struct NormGradients {
  Array<Value> dx;
  Array<Value> dgamma;
  Array<Value> dbeta;
};

// dbeta = sum dy, dgamma = sum dy * xhat, dx as in normalise.h with g = dy * gamma
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] NormGradients<Value> batch_norm_gradient(const A& a,
                                                       const Array<Value>& x,
                                                       const Array<Value>& gamma,
                                                       const Array<Value>& dy,
                                                       double epsilon) {
  NormGradients<Value> result{
      Array<Value>(x.shape()), Array<Value>(gamma.shape()), Array<Value>(gamma.shape())};
  for (std::int64_t c = 0; c < x.channels(); ++c) {
    const Scale<Value> scale = scale_of(a, channel_moments(a, x, c, a.sum()), epsilon);
    const auto element = [&](std::int64_t r) { return x(r, c); };
    const auto gradient = [&](std::int64_t r) { return dy(r, c); };
    const GroupGradient<Value> whole = group_gradient(a, x.rows(), element, gradient, scale);
    result.dbeta(c) = whole.sum;
    result.dgamma(c) = whole.dot;
    for (std::int64_t r = 0; r < x.rows(); ++r) {
      result.dx(r, c) = gamma(c) * normalise_gradient(a, x.rows(), x(r, c), dy(r, c), scale, whole);
    }
  }
  return result;
}

template <typename Value>
struct RunningMoments {
  Array<Value> mean;
  Array<Value> variance;
};

// What the running variance takes in of a batch of n values a channel (RunningVariance): (variance
// + shift) * factor.
struct EnteringVariance {
  double shift = 0;
  double factor = 1;
};

[[nodiscard]] inline EnteringVariance entering_variance(RunningVariance kind,
                                                        double n,
                                                        double epsilon) {
  // Keras 2.3.1, keras/layers/normalization.py: variance *= sample_size / (sample_size - (1 +
  // epsilon)), where Theano's backend has returned 1 / inverse_deviation^2 = variance + epsilon.
  const double keras_2 = n / (n - (1 + epsilon));
  switch (kind) {
    case RunningVariance::Biased:
      break;
    case RunningVariance::Unbiased:
      return {0, n > 1 ? n / (n - 1) : 1};
    case RunningVariance::BiasedPlusEpsilon:
      return {epsilon, 1};
    case RunningVariance::Keras2:
      return {0, keras_2};
    case RunningVariance::Keras2Theano:
      return {epsilon, keras_2};
  }
  return {};
}

// The share of the running value that stays, by the dialect's meaning of momentum, and the share of
// the batch that enters.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] std::pair<Value, Value> running_shares(const A& a,
                                                     const Dialect& dialect,
                                                     double momentum) {
  const Numbers<A> numbers(a, dialect.constants);
  if (dialect.norm_momentum == NormMomentum::OfNew) {
    return {numbers.one_minus(momentum), numbers.of(momentum)};
  }
  return {numbers.of(momentum), numbers.one_minus(momentum)};
}

// running = stays * running + enters * batch.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] RunningMoments<Value> batch_norm_running(const A& a,
                                                       const Array<Value>& x,
                                                       const BatchNormParameters<Value>& before,
                                                       double momentum,
                                                       double epsilon,
                                                       const Dialect& dialect) {
  RunningMoments<Value> after{before.moving_mean, before.moving_variance};
  const EnteringVariance entering =
      entering_variance(dialect.running_variance, static_cast<double>(x.rows()), epsilon);
  const Value shift = a.constant(entering.shift);
  const Value factor = a.constant(entering.factor);
  const auto [stays, enters] = running_shares(a, dialect, momentum);
  for (std::int64_t c = 0; c < x.channels(); ++c) {
    const Moments<Value> channel = channel_moments(a, x, c, a.sum_of_alike());
    after.mean(c) = stays * before.moving_mean(c) + enters * channel.mean;
    after.variance(c) =
        stays * before.moving_variance(c) + enters * ((channel.variance + shift) * factor);
  }
  return after;
}

}  // namespace plumbline::reference
