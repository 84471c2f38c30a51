#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace plumbline {

// How a network is trained. An absent optional is left to the framework, which reports the value it
// used.

// The second is against one-hot labels, mean over all elements.
enum class Loss { SoftmaxCrossEntropy, MeanSquaredError };

enum class OptimizerKind { Sgd, Adam, AdamW, RmsProp, Adagrad, Adadelta };
struct Optimizer {
  OptimizerKind kind = OptimizerKind::Sgd;
  std::optional<double> learning_rate;
  std::optional<double> momentum;        // sgd, rmsprop
  std::optional<bool> nesterov;          // sgd
  std::optional<double> beta_1, beta_2;  // adam, adamw
  std::optional<double> rho;             // rmsprop, adadelta
  std::optional<double> epsilon;         // all but sgd; what it means is the framework's dialect
  std::optional<double> initial_accumulator;  // adagrad
  // adamw: decoupled (w -= learning_rate * weight_decay * w, Loshchilov & Hutter 2019). All others:
  // coupled, the gradient becomes g + weight_decay * w. On every trainable parameter.
  std::optional<double> weight_decay;
};

enum class InitialiserKind {
  Zeros,
  Constant,
  Normal,
  TruncatedNormal,
  GlorotUniform,
  GlorotNormal,
  HeUniform,
  HeNormal,
  LecunUniform,
  LecunNormal,
};
struct Initialiser {
  InitialiserKind kind = InitialiserKind::GlorotUniform;
  double value = 0;  // constant
  double mean = 0;   // normal, truncated_normal
  double stddev = 0.05;
};

// Initial weights from a safetensors file. `names` maps a canonical parameter name to the file's;
// others are looked up as they are. Tensors are in the canonical layouts.
struct Checkpoint {
  std::string path;  // resolved against the study file's folder
  std::map<std::string, std::string> names;
};

struct DefaultWeights {};
using WeightsSource = std::variant<DefaultWeights, Initialiser, Checkpoint>;

// x becomes (x * factor - mean) / stddev, with x the stored pixel value.
struct InputScaling {
  double factor = 1.0 / 255.0;
  double mean = 0;
  double stddev = 1;
};

struct Recipe {
  Loss loss = Loss::SoftmaxCrossEntropy;
  Optimizer optimizer;
  std::int64_t batch = 0;
  std::optional<std::int64_t> epochs;  // exactly one of epochs and steps is set
  std::optional<std::int64_t> steps;
  bool shuffle = true;
  bool drop_last_batch = false;
  std::optional<std::int64_t> training_images;  // the first so many; absent: all
  WeightsSource weights = DefaultWeights{};     // kernels, or with a checkpoint everything
  std::variant<DefaultWeights, Initialiser> biases = DefaultWeights{};
  InputScaling input_scaling;
};

[[nodiscard]] const char* loss_name(Loss loss);
[[nodiscard]] const char* optimizer_name(OptimizerKind kind);
[[nodiscard]] const char* initialiser_name(InitialiserKind kind);

// Steps of an epoch over `images` images, and of the whole training.
[[nodiscard]] std::int64_t steps_per_epoch(const Recipe& recipe, std::int64_t images);
[[nodiscard]] std::int64_t total_steps(const Recipe& recipe, std::int64_t images);

}  // namespace plumbline
