#include "native_worker/settings_report.h"

#include <fmt/format.h>

#include <variant>

#include "engine/dialect_words.h"
#include "native_worker/versions.h"
#include "study/recipe_rules.h"

namespace plumbline {
namespace {

using nlohmann::json;

std::string initialiser_text(const Initialiser& initialiser) {
  switch (initialiser.kind) {
    case InitialiserKind::Constant:
      return fmt::format("constant({})", initialiser.value);
    case InitialiserKind::Normal:
      return fmt::format("normal(mean={}, stddev={})", initialiser.mean, initialiser.stddev);
    case InitialiserKind::TruncatedNormal:
      return fmt::format("truncated_normal(mean={}, stddev={}), cut at 2 stddev, not rescaled",
                         initialiser.mean,
                         initialiser.stddev);
    default:
      return initialiser_name(initialiser.kind);
  }
}

struct WeightsText {
  InitialiserKind by_default;
  std::string operator()(const DefaultWeights&) const { return initialiser_name(by_default); }
  std::string operator()(const Initialiser& initialiser) const {
    return initialiser_text(initialiser);
  }
  std::string operator()(const Checkpoint&) const { return "checkpoint"; }
};

void report_activation(json& report,
                       const std::string& layer,
                       const std::optional<Activation>& activation) {
  if (!activation) {
    return;
  }
  if (activation->slope) {
    report[layer + ".slope"] = *activation->slope;
  }
  if (activation->approximate) {
    report[layer + ".approximate"] = *activation->approximate;
  }
}

void report_layers(json& report, const Settings& settings) {
  for (const Layer& layer : settings.network.layers) {
    if (const auto* conv2d = std::get_if<Conv2d>(&layer.operation)) {
      report_activation(report, layer.name, conv2d->activation);
    } else if (const auto* dense = std::get_if<Dense>(&layer.operation)) {
      report_activation(report, layer.name, dense->activation);
    } else if (const auto* activation = std::get_if<ActivationLayer>(&layer.operation)) {
      report_activation(report, layer.name, activation->activation);
    } else if (const auto* batch_norm = std::get_if<BatchNorm>(&layer.operation)) {
      report[layer.name + ".momentum"] = batch_norm->momentum.value();
      report[layer.name + ".epsilon"] = batch_norm->epsilon.value();
    } else if (const auto* layer_norm = std::get_if<LayerNorm>(&layer.operation)) {
      report[layer.name + ".epsilon"] = layer_norm->epsilon.value();
    }
  }
}

void report_parameters(json& report, const TrialPlan& plan) {
  for (const ParameterSpec& spec : parameters(plan.network)) {
    const std::size_t slash = spec.name.rfind('/');
    const std::string name = spec.name.substr(0, slash) + "." + spec.name.substr(slash + 1);
    if (spec.role == ParameterRole::Kernel) {
      report[name + ".initialiser"] =
          std::visit(WeightsText{InitialiserKind::GlorotUniform}, plan.recipe.weights);
    } else if (spec.role == ParameterRole::Bias) {
      report[name + ".initialiser"] =
          std::visit(WeightsText{InitialiserKind::Zeros}, plan.recipe.biases);
    }
  }
}

void report_optimizer(json& report, const OptimizerSettings& settings) {
  report["optimizer.name"] = optimizer_name(settings.kind);
  report["optimizer.learning_rate"] = settings.learning_rate;
  report["optimizer.weight_decay"] = settings.weight_decay;
  switch (settings.kind) {
    case OptimizerKind::Sgd:
      report["optimizer.momentum"] = settings.momentum;
      report["optimizer.nesterov"] = settings.nesterov;
      if (settings.momentum != 0) {
        report["optimizer.dampening"] = settings.dialect.dampening;
      }
      return;
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW:
      report["optimizer.beta_1"] = settings.beta_1;
      report["optimizer.beta_2"] = settings.beta_2;
      break;
    case OptimizerKind::RmsProp:
      report["optimizer.rho"] = settings.rho;
      report["optimizer.momentum"] = settings.momentum;
      report["optimizer.initial_accumulator"] = settings.initial_accumulator;
      break;
    case OptimizerKind::Adagrad:
      report["optimizer.initial_accumulator"] = settings.initial_accumulator;
      break;
    case OptimizerKind::Adadelta:
      report["optimizer.rho"] = settings.rho;
      break;
  }
  report["optimizer.epsilon"] = settings.epsilon;
}

void report_dialect(json& report, Settings settings, Engine engine) {
  if (engine == Engine::Fast) {  // it rounds what it worked out in float64
    settings.optimizer.dialect.constants = Constants::DoubleThenCast;
    settings.dialect.constants = Constants::DoubleThenCast;
  }
  for (const DialectChoice& choice : dialect_choices(settings)) {
    report[choice.name] = choice.word;
  }
}

}  // namespace

json settings_report(const Settings& settings, const TrialPlan& plan, Engine engine) {
  json report{{"engine", engine == Engine::Fast ? "float32 on oneDNN" : "float64 reference"},
              {"device.name", processor_name()},
              {"loop", "native"},
              {"random.generator", "Philox4x32-10"},
              {"predict.batch", kPredictBatch}};
  if (settings.loss == Loss::SoftmaxCrossEntropy) {
    const bool from_logits = settings.dialect.cross_entropy == CrossEntropy::FromLogits;
    report["loss.from_logits"] = from_logits;
    if (!from_logits) {
      report["loss.clip"] = settings.dialect.probability_limit;
    }
  }
  report_dialect(report, settings, engine);
  report_optimizer(report, settings.optimizer);
  report_layers(report, settings);
  report_parameters(report, plan);
  return report;
}

}  // namespace plumbline
