#include "engine/dialect_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace plumbline {
namespace {

// ---- Where a switch stands, and how its enumerators, numbered from 0, are read and set.

template <auto Member>
struct Place;
template <typename Kind, Kind OptimizerDialect::* Member>
struct Place<Member> {
  static auto& in(auto& settings) { return settings.optimizer.dialect.*Member; }
};
template <typename Kind, Kind Dialect::* Member>
struct Place<Member> {
  static auto& in(auto& settings) { return settings.dialect.*Member; }
};

template <auto Member>
std::size_t chosen_member(const Settings& settings) {
  return static_cast<std::size_t>(Place<Member>::in(settings));
}
template <auto Member>
void choose_member(Settings& settings, std::size_t alternative) {
  auto& kind = Place<Member>::in(settings);
  kind = static_cast<std::remove_reference_t<decltype(kind)>>(alternative);
}

std::size_t chosen_weight_decay(const Settings& settings) {
  return static_cast<std::size_t>(weight_decay_form(settings.optimizer));
}

// ---- The words, in the order of the enumerators.

constexpr std::array kConstants{"exact", "double_then_cast", "float32"};
constexpr std::array kBetaPower{"double", "float32", "float32_accumulated"};
constexpr std::array kAdamEpsilon{"algorithm_1", "epsilon_hat", "inside_root"};
constexpr std::array kOffOn{"off", "on"};
constexpr std::array kRootEpsilon{"outside_root", "inside_root", "reciprocal_root"};
constexpr std::array kRatePlace{"outside", "inside"};
constexpr std::array kFirstStep{"undampened", "dampened"};
constexpr std::array kWeightDecay{"by_name", "coupled", "decoupled", "decoupled_unscaled"};
constexpr std::array kSamePadding{"tensorflow", "symmetric", "keras2_theano"};
constexpr std::array kKernelOrder{"correlation", "convolution"};
constexpr std::array kAverageOver{"inputs", "window"};
constexpr std::array kPoolTies{"first", "last", "shared", "each"};
constexpr std::array kSlopeAtZero{"below", "middle", "above"};
constexpr std::array kDropoutScale{"in_training", "in_inference"};
constexpr std::array kNormMomentum{"of_old", "of_new"};
// As the stacks' settings have it.
constexpr std::array kRunningVariance{"biased",
                                      "unbiased",
                                      "biased + epsilon",
                                      "biased * n / (n - 1 - epsilon)",
                                      "(biased + epsilon) * n / (n - 1 - epsilon)"};
constexpr std::array kCrossEntropy{
    "from_logits", "clipped", "renormalised_and_clipped", "clipped_and_renormalised"};
constexpr std::array kLossReduction{"mean", "sum", "batch_mean"};

// ---- What a switch decides about.

template <OptimizerKind... Kinds>
bool is_of(const OptimizerSettings& optimizer) {
  return ((optimizer.kind == Kinds) || ...);
}
constexpr auto kAdams = is_of<OptimizerKind::Adam, OptimizerKind::AdamW>;

bool complements(const OptimizerSettings& optimizer) {
  return !is_of<OptimizerKind::Sgd, OptimizerKind::Adagrad>(optimizer);
}
bool corrects_bias(const OptimizerSettings& optimizer) {
  return kAdams(optimizer) && optimizer.dialect.bias_correction;
}
bool keeps_its_rate(const OptimizerSettings& optimizer) {
  return is_of<OptimizerKind::Adadelta>(optimizer) ||
         (is_of<OptimizerKind::Sgd, OptimizerKind::RmsProp>(optimizer) && optimizer.momentum != 0);
}
bool dampens(const OptimizerSettings& optimizer) {
  return is_of<OptimizerKind::Sgd>(optimizer) && optimizer.dialect.dampening != 0;
}
bool decays(const OptimizerSettings& optimizer) {
  return optimizer.weight_decay != 0;
}

bool is_cross_entropy(const Settings& settings) {
  return settings.loss == Loss::SoftmaxCrossEntropy;
}
bool is_any_loss(const Settings&) {
  return true;
}

template <typename Kind>
bool is_a(const Operation& operation) {
  return std::holds_alternative<Kind>(operation);
}
template <typename Kind>
bool is_padded(const Operation& operation) {
  const auto* layer = std::get_if<Kind>(&operation);
  return layer != nullptr && layer->padding == Padding::Same;
}
bool is_padded_pool(const Operation& operation) {
  return is_padded<MaxPool>(operation) || is_padded<AveragePool>(operation);
}

template <ActivationKind Kind>
bool activates(const Operation& operation) {
  const std::optional<Activation> activation = std::visit(
      [](const auto& layer) -> std::optional<Activation> {
        if constexpr (requires { layer.activation; }) {
          return layer.activation;
        } else {
          return std::nullopt;
        }
      },
      operation);
  return activation && activation->kind == Kind;
}

// ---- The table.

template <auto Member, std::size_t Count>
constexpr DialectSwitch of_optimizer(const char* name,
                                     const std::array<const char*, Count>& words,
                                     bool (*concerns)(const OptimizerSettings&)) {
  return {name, words, chosen_member<Member>, choose_member<Member>, concerns, nullptr, nullptr};
}
template <auto Member, std::size_t Count>
constexpr DialectSwitch of_loss(const char* name,
                                const std::array<const char*, Count>& words,
                                bool (*concerns)(const Settings&)) {
  return {name, words, chosen_member<Member>, choose_member<Member>, nullptr, concerns, nullptr};
}
template <auto Member, std::size_t Count>
constexpr DialectSwitch of_layer(const char* name,
                                 const std::array<const char*, Count>& words,
                                 bool (*concerns)(const Operation&)) {
  return {name, words, chosen_member<Member>, choose_member<Member>, nullptr, nullptr, concerns};
}

using O = OptimizerDialect;
using D = Dialect;

constexpr std::array kSwitches{
    of_optimizer<&O::constants>("optimizer.constants", kConstants, complements),
    of_optimizer<&O::beta_power>("optimizer.beta_power", kBetaPower, corrects_bias),
    of_optimizer<&O::adam_epsilon>("optimizer.adam_epsilon", kAdamEpsilon, kAdams),
    of_optimizer<&O::bias_correction>("optimizer.bias_correction", kOffOn, kAdams),
    of_optimizer<&O::rmsprop_epsilon>(
        "optimizer.rmsprop_epsilon", kRootEpsilon, is_of<OptimizerKind::RmsProp>),
    of_optimizer<&O::adagrad_epsilon>(
        "optimizer.adagrad_epsilon", kRootEpsilon, is_of<OptimizerKind::Adagrad>),
    of_optimizer<&O::adadelta_epsilon>(
        "optimizer.adadelta_epsilon", kRootEpsilon, is_of<OptimizerKind::Adadelta>),
    of_optimizer<&O::rate_place>("optimizer.rate_place", kRatePlace, keeps_its_rate),
    of_optimizer<&O::first_step>("optimizer.first_step", kFirstStep, dampens),
    DialectSwitch{"optimizer.weight_decay_form",
                  kWeightDecay,
                  chosen_weight_decay,
                  choose_member<&O::weight_decay>,
                  decays,
                  nullptr,
                  nullptr},
    of_loss<&D::cross_entropy>("loss.cross_entropy", kCrossEntropy, is_cross_entropy),
    of_loss<&D::loss_reduction>("loss.reduction", kLossReduction, is_any_loss),
    of_layer<&D::conv_padding>("conv2d.same_padding", kSamePadding, is_padded<Conv2d>),
    of_layer<&D::kernel_order>("conv2d.kernel_order", kKernelOrder, is_a<Conv2d>),
    of_layer<&D::pool_padding>("pool.same_padding", kSamePadding, is_padded_pool),
    of_layer<&D::pool_ties>("max_pool.ties", kPoolTies, is_a<MaxPool>),
    of_layer<&D::average_over>("average_pool.average_over", kAverageOver, is_padded<AveragePool>),
    of_layer<&D::relu_at_zero>("relu.slope_at_zero", kSlopeAtZero, activates<ActivationKind::Relu>),
    of_layer<&D::leaky_relu_at_zero>(
        "leaky_relu.slope_at_zero", kSlopeAtZero, activates<ActivationKind::LeakyRelu>),
    of_layer<&D::dropout_scale>("dropout.scale", kDropoutScale, is_a<Dropout>),
    of_layer<&D::norm_momentum>("batch_norm.momentum_share", kNormMomentum, is_a<BatchNorm>),
    of_layer<&D::running_variance>(
        "batch_norm.running_variance", kRunningVariance, is_a<BatchNorm>),
    of_layer<&D::constants>("batch_norm.constants", kConstants, is_a<BatchNorm>),
};

std::string decided(const DialectSwitch& entry) {
  const std::string_view name = entry.name;
  return std::string(name.substr(name.find('.') + 1));
}

}  // namespace

std::span<const DialectSwitch> dialect_switches() {
  return kSwitches;
}

void choose(Settings& settings, std::string_view name, std::string_view word) {
  const auto entry = std::find_if(kSwitches.begin(), kSwitches.end(), [&](const auto& candidate) {
    return name == candidate.name;
  });
  if (entry == kSwitches.end()) {
    std::vector<const char*> names;
    for (const DialectSwitch& candidate : kSwitches) {
      names.push_back(candidate.name);
    }
    throw Error(fmt::format(
        "There is no dialect switch '{}'. There are {}.", name, fmt::join(names, ", ")));
  }
  const auto found = std::find(entry->words.begin(), entry->words.end(), word);
  if (found == entry->words.end()) {
    throw Error(fmt::format("The dialect switch '{}' cannot be '{}'. It may be {}.",
                            name,
                            word,
                            fmt::join(entry->words, ", ")));
  }
  entry->choose(settings, static_cast<std::size_t>(found - entry->words.begin()));
}

std::vector<DialectChoice> dialect_choices(const Settings& settings) {
  Settings plain;
  plain.optimizer = settings.optimizer;
  plain.optimizer.dialect = {};
  std::vector<DialectChoice> choices;
  for (const DialectSwitch& entry : kSwitches) {
    const auto add = [&](std::string name) {
      choices.push_back(
          {std::move(name), entry.word(settings), entry.chosen(settings) == entry.chosen(plain)});
    };
    if ((entry.in_optimizer != nullptr && entry.in_optimizer(settings.optimizer)) ||
        (entry.in_loss != nullptr && entry.in_loss(settings))) {
      add(entry.name);
    }
    for (const Layer& layer : settings.network.layers) {
      if (entry.in_layer != nullptr && entry.in_layer(layer.operation)) {
        add(layer.name + "." + decided(entry));
      }
    }
  }
  return choices;
}

}  // namespace plumbline
