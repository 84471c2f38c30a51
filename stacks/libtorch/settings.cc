#include "settings.h"

#include <variant>

namespace {

using nlohmann::json;
using plumbline::Initialiser;
namespace nn = torch::nn;
namespace optim = torch::optim;

// torch::nn's own, as ConvNdImpl::reset_parameters and LinearImpl::reset_parameters of 2.13 have
// it.
constexpr const char* kDefaultKernel = "kaiming_uniform_(a=sqrt(5)): uniform within 1/sqrt(fan_in)";
constexpr const char* kDefaultBias = "uniform_ within 1/sqrt(fan_in) of the kernel";

template <typename Source>
std::string initialiser_text(const Source& source, const char* by_default) {
  const auto* named = std::get_if<Initialiser>(&source);
  return named == nullptr ? by_default : initialiser_name(named->kind);
}

template <typename Norm>
void add_batch_norm(json& settings, const std::string& layer, const Norm& norm) {
  settings[layer + ".momentum"] = 1.0 - norm.options.momentum().value();
  settings[layer + ".epsilon"] = norm.options.eps();
  settings[layer + ".running_variance"] = "unbiased";
}

void add_module(json& settings,
                const std::string& layer,
                const nn::Module& module,
                const plumbline::Recipe& recipe) {
  const auto* conv2d = module.as<nn::Conv2dImpl>();
  const auto* linear = module.as<nn::LinearImpl>();
  if (conv2d != nullptr || linear != nullptr) {
    settings[layer + ".kernel.initialiser"] = initialiser_text(recipe.weights, kDefaultKernel);
    if (conv2d != nullptr ? conv2d->bias.defined() : linear->bias.defined()) {
      settings[layer + ".bias.initialiser"] = initialiser_text(recipe.biases, kDefaultBias);
    }
  } else if (const auto* batch_norm_2d = module.as<nn::BatchNorm2dImpl>()) {
    add_batch_norm(settings, layer, *batch_norm_2d);
  } else if (const auto* batch_norm_1d = module.as<nn::BatchNorm1dImpl>()) {
    add_batch_norm(settings, layer, *batch_norm_1d);
  } else if (const auto* layer_norm = module.as<nn::LayerNormImpl>()) {
    settings[layer + ".epsilon"] = layer_norm->options.eps();
  } else if (const auto* leaky_relu = module.as<nn::LeakyReLUImpl>()) {
    settings[layer + ".slope"] = leaky_relu->options.negative_slope();
  } else if (const auto* gelu = module.as<nn::GELUImpl>()) {
    settings[layer + ".approximate"] = gelu->options.approximate() == "tanh";
  }
}

template <typename Options>
void add_adam(json& settings, const char* name, const Options& options) {
  settings["optimizer.class"] = name;
  settings["optimizer.beta_1"] = std::get<0>(options.betas());
  settings["optimizer.beta_2"] = std::get<1>(options.betas());
  settings["optimizer.epsilon"] = options.eps();
  settings["optimizer.weight_decay"] = options.weight_decay();
}

void add_optimizer(json& settings, const optim::OptimizerOptions& options) {
  settings["optimizer.learning_rate"] = options.get_lr();
  if (const auto* sgd = dynamic_cast<const optim::SGDOptions*>(&options)) {
    settings["optimizer.class"] = "torch::optim::SGD";
    settings["optimizer.momentum"] = sgd->momentum();
    settings["optimizer.nesterov"] = sgd->nesterov();
    settings["optimizer.weight_decay"] = sgd->weight_decay();
  } else if (const auto* adam = dynamic_cast<const optim::AdamOptions*>(&options)) {
    add_adam(settings, "torch::optim::Adam", *adam);
  } else if (const auto* adamw = dynamic_cast<const optim::AdamWOptions*>(&options)) {
    add_adam(settings, "torch::optim::AdamW", *adamw);
  } else if (const auto* rmsprop = dynamic_cast<const optim::RMSpropOptions*>(&options)) {
    settings["optimizer.class"] = "torch::optim::RMSprop";
    settings["optimizer.rho"] = rmsprop->alpha();
    settings["optimizer.momentum"] = rmsprop->momentum();
    settings["optimizer.epsilon"] = rmsprop->eps();
    settings["optimizer.centered"] = rmsprop->centered();
    settings["optimizer.weight_decay"] = rmsprop->weight_decay();
  } else if (const auto* adagrad = dynamic_cast<const optim::AdagradOptions*>(&options)) {
    settings["optimizer.class"] = "torch::optim::Adagrad";
    settings["optimizer.initial_accumulator"] = adagrad->initial_accumulator_value();
    settings["optimizer.lr_decay"] = adagrad->lr_decay();
    settings["optimizer.epsilon"] = adagrad->eps();
    settings["optimizer.weight_decay"] = adagrad->weight_decay();
  }
}

}  // namespace

json settings_of(const Model& model,
                 const optim::Optimizer& optimizer,
                 const plumbline::Recipe& recipe) {
  json settings{{"loss.class",
                 recipe.loss == plumbline::Loss::SoftmaxCrossEntropy ? "torch::nn::CrossEntropyLoss"
                                                                     : "torch::nn::MSELoss"}};
  add_optimizer(settings, optimizer.param_groups().front().options());
  for (const ModelImpl::Step& step : model->steps()) {
    for (const std::shared_ptr<nn::Module>& module : step.modules->children()) {
      add_module(settings, step.layer, *module, recipe);
    }
  }
  return settings;
}
