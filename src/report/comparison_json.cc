#include "report/comparison_json.h"

#include <cmath>

namespace plumbline {

namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

template <typename Number>
Json known(const std::optional<Number>& value) {
  return value ? number(static_cast<double>(*value)) : Json(nullptr);
}

Json known(const std::optional<std::size_t>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json interval_json(const std::optional<Interval>& interval) {
  if (!interval) {
    return nullptr;
  }
  return {{"low", number(interval->low)},
          {"high", number(interval->high)},
          {"confidence", interval->confidence}};
}

Json settings_json(const ComparisonSettings& settings, const std::vector<std::string>& stacks) {
  return {{"confidence", settings.confidence},
          {"accuracy_margin", known(settings.accuracy_margin)},
          {"time_margin", known(settings.time_margin)},
          {"reference", settings.reference ? Json(stacks[*settings.reference]) : Json(nullptr)},
          {"looks", settings.looks == Looks::Once ? "once" : "after_every_block"},
          {"power", settings.power}};
}

Json standing_json(const StackStanding& standing, const std::string& stack) {
  const FailureCount& failures = standing.failures;
  return {
      {"stack", stack},
      {"rank", known(standing.rank)},
      {"time_rank", known(standing.time_rank)},
      {"accuracy_interval", interval_json(standing.accuracy_interval)},
      {"accuracy_new_test_set_interval", interval_json(standing.accuracy_new_test_set_interval)},
      {"predicted_sd", known(standing.predicted_sd)},
      {"seconds_interval", interval_json(standing.seconds_interval)},
      {"failures",
       {{"trials", failures.trials},
        {"diverged", failures.diverged},
        {"failed", failures.failed},
        {"share", interval_json(failures.share)}}}};
}

Json accuracy_json(const AccuracyComparison& accuracy) {
  return {{"verdict", verdict_name(accuracy.verdict)},
          {"exploratory", accuracy.exploratory},
          {"seeds", accuracy.seeds},
          {"difference", known(accuracy.difference)},
          {"sd", known(accuracy.sd)},
          {"method", method_name(accuracy.method)},
          {"interval", interval_json(accuracy.interval)},
          {"equivalence_interval", interval_json(accuracy.equivalence_interval)},
          {"new_test_set_interval", interval_json(accuracy.new_test_set_interval)},
          {"new_test_set_verdict", verdict_name(accuracy.new_test_set_verdict)},
          {"p", known(accuracy.p)},
          {"p_holm", known(accuracy.p_holm)},
          {"p_sign_flip", known(accuracy.p_sign_flip)},
          {"p_mcnemar", known(accuracy.p_mcnemar)},
          {"log_e_value", known(accuracy.log_e_value)},
          {"effect_size", known(accuracy.effect_size)},
          {"probability_better", known(accuracy.probability_better)},
          {"correlation", known(accuracy.correlation)},
          {"detectable_difference", known(accuracy.detectable_difference)},
          {"needed_seeds", known(accuracy.needed_seeds)},
          {"needed_difference", known(accuracy.needed_difference)}};
}

Json time_json(const TimeComparison& time) {
  return {{"verdict", verdict_name(time.verdict)},
          {"exploratory", time.exploratory},
          {"seeds", time.seeds},
          {"ratio", known(time.ratio)},
          {"interval", interval_json(time.interval)},
          {"equivalence_interval", interval_json(time.equivalence_interval)},
          {"p", known(time.p)},
          {"p_holm", known(time.p_holm)},
          {"detectable_ratio", known(time.detectable_ratio)},
          {"needed_seeds", known(time.needed_seeds)},
          {"needed_ratio", known(time.needed_ratio)}};
}

Json pair_json(const PairComparison& pair, const std::vector<std::string>& stacks) {
  return {{"first", stacks[pair.first]},
          {"second", stacks[pair.second]},
          {"accuracy", accuracy_json(pair.accuracy)},
          {"time", time_json(pair.time)},
          {"failures",
           {{"verdict", verdict_name(pair.failures.verdict)},
            {"p", known(pair.failures.p)},
            {"p_holm", known(pair.failures.p_holm)}}}};
}

Json names_json(const std::vector<std::size_t>& order, const std::vector<std::string>& stacks) {
  Json names = Json::array();
  for (const std::size_t stack : order) {
    names.push_back(stacks[stack]);
  }
  return names;
}

}  // namespace

Json comparison_json(const Comparison& comparison, const std::vector<std::string>& stacks) {
  Json standings = Json::array();
  for (std::size_t stack = 0; stack < comparison.stacks.size(); ++stack) {
    standings.push_back(standing_json(comparison.stacks[stack], stacks[stack]));
  }
  Json pairs = Json::array();
  for (const PairComparison& pair : comparison.pairs) {
    pairs.push_back(pair_json(pair, stacks));
  }
  const Pooling& pooling = comparison.pooling;
  return {{"settings", settings_json(comparison.settings, stacks)},
          {"settled", comparison.settled},
          {"ranking", names_json(comparison.ranking, stacks)},
          {"time_ranking", names_json(comparison.time_ranking, stacks)},
          {"stacks", standings},
          {"pairs", pairs},
          {"pooling",
           {{"pooled", pooling.pooled},
            {"blocks", pooling.blocks},
            {"p_equal_spread", known(pooling.p_equal_spread)},
            {"residual_sd", known(pooling.residual_sd)}}}};
}

}  // namespace plumbline
