#include "recipe.h"

#include <variant>

#include "adapter/adapter.h"

namespace {

using plumbline::Initialiser;
using plumbline::InitialiserKind;
using plumbline::OptimizerKind;
using plumbline::Unsupported;
namespace init = torch::nn::init;
namespace optim = torch::optim;

// LibTorch has no trunc_normal_; this is PyTorch's (torch.nn.init, 2.13), cut at two standard
// deviations.
void truncated_normal_(torch::Tensor tensor, double mean, double stddev) {
  const torch::NoGradGuard no_grad;
  const double edge = std::erf(2.0 / std::sqrt(2.0));  // P(|z| < 2)
  tensor.uniform_(-edge, edge).erfinv_().mul_(stddev * std::sqrt(2.0)).add_(mean);
  tensor.clamp_(mean - 2 * stddev, mean + 2 * stddev);
}

// Initialisers that need the number of inputs or outputs, which a bias does not have.
void fill_by_fan(const torch::Tensor& tensor, InitialiserKind kind) {
  switch (kind) {
    case InitialiserKind::GlorotUniform:
      init::xavier_uniform_(tensor);
      return;
    case InitialiserKind::GlorotNormal:
      init::xavier_normal_(tensor);
      return;
    case InitialiserKind::HeUniform:
      init::kaiming_uniform_(tensor, 0, torch::kFanIn, torch::kReLU);
      return;
    case InitialiserKind::HeNormal:
      init::kaiming_normal_(tensor, 0, torch::kFanIn, torch::kReLU);
      return;
    case InitialiserKind::LecunUniform:
      init::kaiming_uniform_(tensor, 0, torch::kFanIn, torch::kLinear);
      return;
    default:
      init::kaiming_normal_(tensor, 0, torch::kFanIn, torch::kLinear);
  }
}

void fill(const torch::Tensor& tensor, const Initialiser& initialiser) {
  switch (initialiser.kind) {
    case InitialiserKind::Zeros:
      init::zeros_(tensor);
      return;
    case InitialiserKind::Constant:
      init::constant_(tensor, initialiser.value);
      return;
    case InitialiserKind::Normal:
      init::normal_(tensor, initialiser.mean, initialiser.stddev);
      return;
    case InitialiserKind::TruncatedNormal:
      truncated_normal_(tensor, initialiser.mean, initialiser.stddev);
      return;
    default:
      if (tensor.dim() < 2) {
        throw Unsupported{std::string("torch::nn::init has no ") +
                          initialiser_name(initialiser.kind) + " for biases, which have no fan."};
      }
      fill_by_fan(tensor, initialiser.kind);
  }
}

// The options that all optimizers have, and most; what the study does not name stays the
// optimizer's own.
template <typename Options>
void set_common(Options& options, const plumbline::Optimizer& from) {
  if (from.learning_rate) {
    options.lr(*from.learning_rate);
  }
  if (from.weight_decay) {
    options.weight_decay(*from.weight_decay);
  }
}

template <typename Options>
void set_common_and_epsilon(Options& options, const plumbline::Optimizer& from) {
  set_common(options, from);
  if (from.epsilon) {
    options.eps(*from.epsilon);
  }
}

template <typename AnOptimizer, typename Options>
std::unique_ptr<optim::Optimizer> make_adam(std::vector<torch::Tensor> parameters,
                                            const plumbline::Optimizer& from) {
  Options options;
  set_common_and_epsilon(options, from);
  const auto [beta_1, beta_2] = options.betas();
  options.betas({from.beta_1.value_or(beta_1), from.beta_2.value_or(beta_2)});
  return std::make_unique<AnOptimizer>(std::move(parameters), options);
}

std::unique_ptr<optim::Optimizer> make_sgd(std::vector<torch::Tensor> parameters,
                                           const plumbline::Optimizer& from) {
  if (!from.learning_rate) {
    throw Unsupported{"torch::optim::SGD has no default learning rate; the recipe must name one."};
  }
  optim::SGDOptions options(*from.learning_rate);
  set_common(options, from);
  if (from.momentum) {
    options.momentum(*from.momentum);
  }
  if (from.nesterov) {
    options.nesterov(*from.nesterov);
  }
  return std::make_unique<optim::SGD>(std::move(parameters), options);
}

std::unique_ptr<optim::Optimizer> make_rmsprop(std::vector<torch::Tensor> parameters,
                                               const plumbline::Optimizer& from) {
  optim::RMSpropOptions options;
  set_common_and_epsilon(options, from);
  if (from.rho) {
    options.alpha(*from.rho);
  }
  if (from.momentum) {
    options.momentum(*from.momentum);
  }
  return std::make_unique<optim::RMSprop>(std::move(parameters), options);
}

std::unique_ptr<optim::Optimizer> make_adagrad(std::vector<torch::Tensor> parameters,
                                               const plumbline::Optimizer& from) {
  optim::AdagradOptions options;
  set_common_and_epsilon(options, from);
  if (from.initial_accumulator) {
    options.initial_accumulator_value(*from.initial_accumulator);
  }
  return std::make_unique<optim::Adagrad>(std::move(parameters), options);
}

}  // namespace

void initialise(Model& model, const plumbline::Recipe& recipe) {
  const auto* weights = std::get_if<Initialiser>(&recipe.weights);
  const auto* biases = std::get_if<Initialiser>(&recipe.biases);
  for (const std::shared_ptr<torch::nn::Module>& module : model->modules(false)) {
    const auto* conv2d = module->as<torch::nn::Conv2dImpl>();
    const auto* linear = module->as<torch::nn::LinearImpl>();
    if (conv2d == nullptr && linear == nullptr) {
      continue;
    }
    if (weights != nullptr) {
      fill(conv2d != nullptr ? conv2d->weight : linear->weight, *weights);
    }
    const torch::Tensor& bias = conv2d != nullptr ? conv2d->bias : linear->bias;
    if (biases != nullptr && bias.defined()) {
      fill(bias, *biases);
    }
  }
}

std::unique_ptr<optim::Optimizer> make_optimizer(std::vector<torch::Tensor> parameters,
                                                 const plumbline::Optimizer& optimizer) {
  switch (optimizer.kind) {
    case OptimizerKind::Sgd:
      return make_sgd(std::move(parameters), optimizer);
    case OptimizerKind::Adam:
      return make_adam<optim::Adam, optim::AdamOptions>(std::move(parameters), optimizer);
    case OptimizerKind::AdamW:
      return make_adam<optim::AdamW, optim::AdamWOptions>(std::move(parameters), optimizer);
    case OptimizerKind::RmsProp:
      return make_rmsprop(std::move(parameters), optimizer);
    case OptimizerKind::Adagrad:
      return make_adagrad(std::move(parameters), optimizer);
    case OptimizerKind::Adadelta:
      break;
  }
  throw Unsupported{
      "LibTorch has no Adadelta: torch::optim has SGD, Adam, AdamW, RMSprop and Adagrad."};
}

LossFunction make_loss(plumbline::Loss loss) {
  if (loss == plumbline::Loss::SoftmaxCrossEntropy) {
    return [criterion = torch::nn::CrossEntropyLoss()](const torch::Tensor& outputs,
                                                       const torch::Tensor& targets) mutable {
      return criterion(outputs, targets);
    };
  }
  return [criterion = torch::nn::MSELoss()](const torch::Tensor& outputs,
                                            const torch::Tensor& targets) mutable {
    return criterion(outputs, targets);
  };
}

torch::Tensor targets_of(plumbline::Loss loss, const torch::Tensor& labels, std::int64_t classes) {
  return loss == plumbline::Loss::SoftmaxCrossEntropy
             ? labels
             : torch::one_hot(labels, classes).to(torch::kFloat32);
}
