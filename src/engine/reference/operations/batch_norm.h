#pragma once

#include "engine/defaults.h"
#include "engine/reference/array.h"
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
  if (kind == RunningVariance::Unbiased && n > 1) {
    return {0, n / (n - 1)};
  }
  // Keras 2.3.1, keras/layers/normalization.py: variance *= sample_size / (sample_size - (1 +
  // epsilon)), where Theano's backend has returned 1 / inverse_deviation^2 = variance + epsilon.
  if (kind == RunningVariance::Keras2Theano) {
    return {epsilon, n / (n - (1 + epsilon))};
  }
  return {};
}

// running = momentum * running + (1 - momentum) * batch.
template <Arithmetic A, typename Value = typename A::Value>
[[nodiscard]] RunningMoments<Value> batch_norm_running(const A& a,
                                                       const Array<Value>& x,
                                                       const BatchNormParameters<Value>& before,
                                                       double momentum,
                                                       double epsilon,
                                                       RunningVariance kind) {
  RunningMoments<Value> after{before.moving_mean, before.moving_variance};
  const EnteringVariance entering = entering_variance(kind, static_cast<double>(x.rows()), epsilon);
  const Value shift = a.constant(entering.shift);
  const Value factor = a.constant(entering.factor);
  const Value stays = a.constant(momentum);
  const Value enters = a.constant(1) - stays;
  for (std::int64_t c = 0; c < x.channels(); ++c) {
    const Moments<Value> channel = channel_moments(a, x, c, a.sum_of_alike());
    after.mean(c) = stays * before.moving_mean(c) + enters * channel.mean;
    after.variance(c) =
        stays * before.moving_variance(c) + enters * ((channel.variance + shift) * factor);
  }
  return after;
}

}  // namespace plumbline::reference
