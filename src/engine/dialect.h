#pragma once

namespace plumbline {

// What frameworks mean differently by the same words. Each switch names its alternatives and who
// has them: read in the source of the version named, or found by running it. "Keras 2.3.1" is on
// Theano 1.0.5 unless it says otherwise. Plain values; every default is the meaning that
// docs/study_file.md gives to the word, or else PyTorch's. dialect_words.h has them as text and as
// a list to walk through.

// How a number such as 1 - beta_2 reaches a float32 computation. It matters: float32(1 - 0.999) and
// 1 - float32(0.999) differ by 1.3e-5 of themselves, 200 times what rounding explains.
enum class Constants {
  Exact,           // float64. In BoundedArithmetic the budget then makes room for the other two.
  DoubleThenCast,  // worked out in float64, then rounded: PyTorch 2.13, Optax 0.2.8, Keras 3.15.1
  Float32,  // worked out in float32: TensorFlow 2.21's kernels, T(1) - beta2(); Keras 2.3.1's
            // variables
};

// ---- Optimizers. w weight, g gradient, lr learning rate, t the step from 1.

// beta^t of Adam's bias correction.
enum class BetaPower {
  Double,              // PyTorch 2.13
  Float32,             // powf(beta, t): Keras 2.3.1 and 3.15.1, Optax 0.2.8
  Float32Accumulated,  // multiplied by beta once a step: tf.compat.v1.train of TensorFlow 2.21
};

// Where Adam's epsilon stands. m, v are the moments, c_i = 1 - beta_i^t.
enum class AdamEpsilon {
  // w -= lr * (m / c_1) / (sqrt(v / c_2) + epsilon): Kingma & Ba 2015, Algorithm 1; PyTorch 2.13,
  // Optax 0.2.8
  Algorithm1,
  // w -= lr * sqrt(c_2) / c_1 * m / (sqrt(v) + epsilon): the same paper, end of section 2;
  // tf.compat.v1.train of TensorFlow 2.21, Keras 2.3.1 and 3.15.1
  EpsilonHat,
  // w -= lr * (m / c_1) / sqrt(v / c_2 + epsilon): Optax 0.2.8's eps_root
  InsideRoot,
};

// Where epsilon stands in a division by the root of a sum of squares v.
enum class RootEpsilon {
  Outside,     // g / (sqrt(v) + epsilon)
  Inside,      // g / sqrt(v + epsilon)
  Reciprocal,  // g * rsqrt(v + epsilon), and 0 where v is 0: Optax 0.2.8's adagrad. In exact
               // numbers it is Inside, but with epsilon = 0 it survives g = 0.
};

// Whether what an optimizer accumulates of its steps (a velocity, adadelta's squared updates)
// contains the learning rate. With a constant rate the weights are the same but for rounding in sgd
// and rmsprop, but the slots are not.
enum class LearningRatePlace {
  Outside,  // velocity = momentum velocity + g, w -= lr velocity: PyTorch 2.13; sgd of
            // tf.compat.v1.train and of Optax 0.2.8; every framework's adadelta
  Inside,  // velocity = momentum velocity + lr g, w -= velocity: Keras 2.3.1 and 3.15.1; rmsprop of
           // tf.compat.v1.train and of Optax 0.2.8
};

// The velocity after the first step of sgd with dampening.
enum class FirstStep {
  Undampened,  // g: PyTorch 2.13
  Dampened,    // (1 - dampening) g: as in all later steps; Optax 0.2.8's ema without debias
};

enum class WeightDecay {
  ByName,             // as docs/study_file.md has it: decoupled in adamw, coupled in all others
  Coupled,            // g += weight_decay w: PyTorch 2.13 but for AdamW, L2 regularizers
  Decoupled,          // w -= lr weight_decay w besides: AdamW of PyTorch 2.13 and Optax 0.2.8;
                      // `weight_decay=` of every optimizer of Keras 3.15.1
  DecoupledUnscaled,  // w -= weight_decay w besides: Loshchilov & Hutter 2019, Algorithm 2, whose
                      // schedule multiplier is 1
};

struct OptimizerDialect {
  Constants constants = Constants::Exact;
  BetaPower beta_power = BetaPower::Double;            // adam, adamw
  AdamEpsilon adam_epsilon = AdamEpsilon::Algorithm1;  // adam, adamw
  bool bias_correction = true;                         // adam, adamw; without it c_1 = c_2 = 1
  // Outside: PyTorch 2.13, Keras 2.3.1. Inside: tf.compat.v1.train, Keras 3.15.1, Optax 0.2.8.
  RootEpsilon rmsprop_epsilon = RootEpsilon::Outside;
  // Outside: PyTorch 2.13, Keras 2.3.1. Inside: Keras 3.15.1. Reciprocal: Optax 0.2.8.
  // tf.compat.v1.train has no epsilon.
  RootEpsilon adagrad_epsilon = RootEpsilon::Outside;
  // Inside: Zeiler 2012 and every framework.
  RootEpsilon adadelta_epsilon = RootEpsilon::Inside;
  LearningRatePlace rate_place = LearningRatePlace::Outside;  // sgd, rmsprop, adadelta
  // sgd: velocity = momentum velocity + (1 - dampening) g. 0 but in PyTorch on request.
  double dampening = 0;
  FirstStep first_step = FirstStep::Undampened;
  WeightDecay weight_decay = WeightDecay::ByName;
  friend bool operator==(const OptimizerDialect&, const OptimizerDialect&) = default;
};

// ---- Layers and losses.

// What padding = "same" puts before the first input; the output is always ceil(input / stride).
enum class SamePadding {
  TensorFlow,  // half of max((output - 1) stride + size - input, 0), rounded down: TensorFlow 2.21,
               // JAX 0.10.2 and Flax 0.12.8
  Symmetric,   // size / 2 rounded down, whatever the stride: PyTorch's padding = kernel_size // 2;
               // convolutions of Keras 2.3.1 ("half"), which cuts an even size's output to measure
  Keras2Theano,  // size - 2 for odd sizes over 2, else size - 1: pools of Keras 2.0.9 to 2.3.1
};

enum class KernelOrder {
  Correlation,  // y[p] = sum of x[p + i] w[i]: PyTorch, TensorFlow, Keras 3, JAX
  Convolution,  // y[p] = sum of x[p + i] w[last - i]: Theano 1.0.5's conv2d with filter_flip, its
                // default and so Keras 2.3.1's
};

// By what an average over a window that reaches into the padding divides.
enum class AverageOver {
  Inputs,  // the places that are inputs: TensorFlow 2.21, Keras 2.1.6 to 2.3.1; PyTorch 2.13 and
           // Flax 0.12.8 with count_include_pad=False
  Window,  // all places: PyTorch 2.13 and Flax 0.12.8 by default, Keras 2.0.9 (average_inc_pad)
};

// To which of equally large inputs of its window max_pool's gradient goes. Behind a relu such ties
// are zeros, whose gradient stops there.
enum class PoolTies {
  First,   // row by row: PyTorch 2.13, TensorFlow 2.21, JAX 0.10.2
  Last,    // found in no framework
  Shared,  // an equal part to each: torch.amax and tf.reduce_max, which pools may be written with
  Each,    // the whole of it to each: Theano 1.0.5
};

// The derivative of relu and leaky_relu where the input is exactly 0.
enum class SlopeAtZero {
  Below,   // the slope below 0: 0 of relu. PyTorch 2.13, TensorFlow 2.21, relu of JAX 0.10.2
  Middle,  // the mean of both: 1/2 of relu. Theano 1.0.5, which has (x + |x|) / 2; jnp.maximum
  Above,   // 1: leaky_relu of JAX 0.10.2
};

enum class DropoutScale {
  InTraining,   // y = x mask / (1 - rate), and x in inference: every installed framework
  InInference,  // y = x mask, and x (1 - rate) in inference: Srivastava et al. 2014; Paddle's
                // "downgrade_in_infer"
};

// What batch_norm's `momentum` is a share of.
enum class NormMomentum {
  OfOld,  // running = momentum running + (1 - momentum) batch: Keras, TensorFlow, Flax
  OfNew,  // running = (1 - momentum) running + momentum batch: PyTorch 2.13
};

// What batch_norm's running variance takes in of a batch of n values a channel, with their variance
// over n. Normalising during training always uses the plain variance. (A variance taken in one
// pass, E[x^2] - E[x]^2, differs by rounding only: arithmetic/float32.h has it.)
enum class RunningVariance {
  Biased,             // variance: Keras 3.15.1, Flax 0.12.8
  Unbiased,           // variance n / (n - 1): PyTorch 2.13
  BiasedPlusEpsilon,  // variance + epsilon: Keras 2.0.9
  Keras2,             // variance n / (n - 1 - epsilon): Keras 2.1.6 to 2.3.1 by the layer's own
                      // formula, of a backend that gives the variance
  Keras2Theano,       // (variance + epsilon) n / (n - 1 - epsilon): Keras 2.1.6 to 2.3.1
};

// What softmax_cross_entropy makes of the logits. p = softmax(logits), clip is to [limit, 1 -
// limit] and lets no gradient through outside.
enum class CrossEntropy {
  FromLogits,  // -log_softmax(logits)[label]: PyTorch, TensorFlow, Optax; Keras 3.15.1 from logits
               // and, on TensorFlow, behind a softmax layer
  Clipped,     // -log(clip(p)[label]): Keras 2.3.1 from logits
  RenormalisedAndClipped,  // -log(clip(p / sum p)[label]): Keras 2.3.1 and 3.15.1 from
                           // probabilities. In exact numbers it is Clipped.
  ClippedAndRenormalised,  // -log_softmax(log(clip(p)))[label]: from probabilities the sparse form
                           // of Keras 2.0.9, 2.1.6 and 3.15.1 on TensorFlow
};

enum class LossReduction {
  Mean,       // over the batch, and of mean_squared_error over the outputs too
  Sum,        // over both: PyTorch's reduction="sum"
  BatchMean,  // over the batch, of the sum over outputs; of softmax_cross_entropy it is Mean
};

struct Dialect {
  Constants constants = Constants::Exact;  // of batch_norm's momentum and of the clip
  SamePadding conv_padding = SamePadding::TensorFlow;
  SamePadding pool_padding = SamePadding::TensorFlow;
  KernelOrder kernel_order = KernelOrder::Correlation;
  AverageOver average_over = AverageOver::Inputs;
  PoolTies pool_ties = PoolTies::First;
  SlopeAtZero relu_at_zero = SlopeAtZero::Below;
  SlopeAtZero leaky_relu_at_zero = SlopeAtZero::Below;
  DropoutScale dropout_scale = DropoutScale::InTraining;
  NormMomentum norm_momentum = NormMomentum::OfOld;
  RunningVariance running_variance = RunningVariance::Biased;
  CrossEntropy cross_entropy = CrossEntropy::FromLogits;
  double probability_limit = 1e-7;  // of the clip: keras.config.epsilon() of Keras 2.0.9 to 3.15.1
  LossReduction loss_reduction = LossReduction::Mean;
  friend bool operator==(const Dialect&, const Dialect&) = default;
};

}  // namespace plumbline
