#include "report/model/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace plumbline {

namespace {

// What is said of the other ranked stacks against the baseline.
struct Verdicts {
  std::vector<std::string> better;  // these two with by how much
  std::vector<std::string> worse;
  std::vector<std::string> equivalent;
  std::vector<std::string> identical;
  std::vector<std::string> undecided;
  std::optional<double> detectable;  // of the undecided, the largest
  std::optional<std::size_t> fewest_needed;
  std::optional<std::size_t> most_needed;
  bool knows_all_needs = true;
};

std::string points(double share) {
  return fmt::format("{:.2f} points", 100 * share);
}

void add_needs(Verdicts& verdicts,
               const std::optional<double>& detectable,
               const std::optional<std::size_t>& needed) {
  if (detectable) {
    verdicts.detectable = std::max(verdicts.detectable.value_or(0), *detectable);
  }
  if (needed) {
    verdicts.fewest_needed = std::min(verdicts.fewest_needed.value_or(*needed), *needed);
    verdicts.most_needed = std::max(verdicts.most_needed.value_or(0), *needed);
  }
  verdicts.knows_all_needs &= needed.has_value();
}

// The list that a verdict's stacks are told in.
std::vector<std::string>& list_of(Verdicts& verdicts, PairVerdict verdict) {
  switch (verdict) {
    case PairVerdict::Better:
      return verdicts.better;
    case PairVerdict::Worse:
      return verdicts.worse;
    case PairVerdict::Equivalent:
      return verdicts.equivalent;
    case PairVerdict::Identical:
      return verdicts.identical;
    default:
      return verdicts.undecided;
  }
}

// One stack against the baseline, whichever the endpoint.
struct Told {
  PairVerdict verdict = PairVerdict::Undecided;
  std::string how_much;
  std::optional<double> detectable;
  std::optional<std::size_t> needed;
};

Told told_of_accuracy(const PairComparison& pair) {
  const AccuracyComparison& accuracy = pair.accuracy;
  return {accuracy.verdict,
          accuracy.difference ? fmt::format(" ({:+.2f} points)", 100 * *accuracy.difference) : "",
          accuracy.detectable_difference,
          accuracy.needed_seeds};
}

Told told_of_time(const PairComparison& pair) {
  const TimeComparison& time = pair.time;
  return {time.verdict,
          time.ratio ? fmt::format(" ({:.2f} times its time)", *time.ratio) : "",
          time.detectable_ratio,
          time.needed_seeds};
}

template <typename TellOf>
Verdicts verdicts_of(const StudyReport& report,
                     const Comparison& comparison,
                     const std::vector<std::size_t>& ranking,
                     const TellOf& told_of) {
  Verdicts verdicts;
  const std::size_t baseline = *baseline_of(comparison, ranking);
  for (const std::size_t stack : ranking) {
    if (stack == baseline) {
      continue;
    }
    const std::optional<PairComparison> pair = pair_of(comparison, stack, baseline);
    const Told told = pair ? told_of(*pair) : Told();
    const bool is_decided =
        told.verdict == PairVerdict::Better || told.verdict == PairVerdict::Worse;
    list_of(verdicts, told.verdict)
        .push_back(report.stacks[stack] + (is_decided ? told.how_much : ""));
    if (told.verdict == PairVerdict::Undecided) {
      add_needs(verdicts, told.detectable, told.needed);
    }
  }
  return verdicts;
}

struct Words {
  const char* undecided;  // "which stack is the most accurate"
  const char* better;     // "more accurate"
  const char* worse;      // "less accurate"
};

std::string needs_text(const Verdicts& verdicts, const std::string& detectable) {
  std::string text;
  if (!detectable.empty()) {
    text += fmt::format(" This many seeds would have shown {}.", detectable);
  }
  if (verdicts.most_needed && verdicts.knows_all_needs) {
    text += *verdicts.fewest_needed == *verdicts.most_needed
                ? fmt::format(" To decide would take about {} seeds.", *verdicts.most_needed)
                : fmt::format(" To decide would take {} to {} seeds.",
                              *verdicts.fewest_needed,
                              *verdicts.most_needed);
  }
  return text;
}

std::string clauses(const Verdicts& verdicts, const Words& words) {
  std::string text;
  const auto add_clause = [&](const char* what, const std::vector<std::string>& stacks) {
    if (!stacks.empty()) {
      text += fmt::format("; {}: {}", what, join_words(stacks));
    }
  };
  add_clause(words.better, verdicts.better);
  add_clause(words.worse, verdicts.worse);
  add_clause("equivalent to it within the margin", verdicts.equivalent);
  add_clause("identical to it, bit for bit", verdicts.identical);
  add_clause("undecided against it", verdicts.undecided);
  return text;
}

// `opening` says who the baseline is, with its figure.
std::string sentence(const Verdicts& verdicts,
                     const Words& words,
                     const std::string& data,
                     const std::string& opening,
                     const std::string& detectable) {
  const bool is_open = verdicts.better.empty() && verdicts.worse.empty() &&
                       verdicts.equivalent.empty() && verdicts.identical.empty();
  const std::string text =
      is_open ? fmt::format("On {}, it is undecided {}; {}.", data, words.undecided, opening)
              : fmt::format("On {}, {}{}.", data, opening, clauses(verdicts, words));
  return text + (verdicts.undecided.empty() ? "" : needs_text(verdicts, detectable));
}

std::string accuracy_sentence(const StudyReport& report, const DataReport& data) {
  const Comparison& comparison = data.comparison;
  if (comparison.ranking.empty()) {
    return fmt::format("On {}, no trial has trained, so there is nothing to compare.", data.data);
  }
  const double best = comparison.stacks[comparison.ranking.front()].accuracy.mean;
  if (comparison.ranking.size() == 1) {
    return fmt::format(
        "On {}, only {} has trained, with a test accuracy of {:.2f}%; there is nothing "
        "to compare it with.",
        data.data,
        report.stacks[comparison.ranking.front()],
        100 * best);
  }
  if (!baseline_of(comparison, comparison.ranking)) {
    return fmt::format("On {}, the reference, {}, has not trained, so nothing is compared with it.",
                       data.data,
                       report.stacks[*comparison.settings.reference]);
  }
  const std::size_t baseline = *baseline_of(comparison, comparison.ranking);
  const Verdicts verdicts = verdicts_of(report, comparison, comparison.ranking, told_of_accuracy);
  const double mean = 100 * comparison.stacks[baseline].accuracy.mean;
  const std::string& stack = report.stacks[baseline];
  return sentence(
      verdicts,
      {"which stack is the most accurate", "more accurate", "less accurate"},
      data.data,
      comparison.settings.reference
          ? fmt::format("the reference, {}, has a mean test accuracy of {:.2f}%", stack, mean)
          : fmt::format("{} has the highest mean test accuracy, {:.2f}%", stack, mean),
      verdicts.detectable ? "a difference of " + points(*verdicts.detectable) : "");
}

std::string time_sentence(const StudyReport& report, const DataReport& data) {
  const Comparison& comparison = data.comparison;
  if (comparison.time_ranking.size() < 2 || !baseline_of(comparison, comparison.time_ranking)) {
    return "";
  }
  const std::size_t baseline = *baseline_of(comparison, comparison.time_ranking);
  const Verdicts verdicts = verdicts_of(report, comparison, comparison.time_ranking, told_of_time);
  const std::string time = format_seconds(comparison.stacks[baseline].seconds.mean);
  const std::string& stack = report.stacks[baseline];
  return sentence(
      verdicts,
      {"which stack is the fastest", "faster", "slower"},
      data.data,
      comparison.settings.reference
          ? fmt::format("the reference, {}, takes {} on average", stack, time)
          : fmt::format("{} has the shortest mean time, {}", stack, time),
      verdicts.detectable ? fmt::format("a ratio of {:.2f}", *verdicts.detectable) : "");
}

bool is_exploratory(const StudyReport& report) {
  return std::any_of(report.data.begin(), report.data.end(), [](const DataReport& data) {
    return std::any_of(
        data.comparison.pairs.begin(), data.comparison.pairs.end(), [](const PairComparison& pair) {
          return pair.accuracy.exploratory && pair.accuracy.seeds > 0;
        });
  });
}

std::string counted(std::size_t count) {
  return fmt::format("{} trial{}", count, count == 1 ? "" : "s");
}

}  // namespace

std::vector<std::string> answer_of(const StudyReport& report) {
  if (report.done == 0) {
    return {"No trial has been run yet, so there is no answer."};
  }
  std::vector<std::string> answer;
  for (const DataReport& data : report.data) {
    answer.push_back(accuracy_sentence(report, data));
    const std::string time = time_sentence(report, data);
    if (!time.empty()) {
      answer.push_back(time);
    }
  }
  return answer;
}

std::vector<std::string> limits_of(const StudyReport& report) {
  std::vector<std::string> limits;
  if (report.done > 0 && is_exploratory(report)) {
    limits.push_back(
        fmt::format("Some pairs of stacks have fewer than {} seeds in common: what is said of them "
                    "is exploratory.",
                    kExploratoryBelow));
  }
  std::size_t untrained = 0;
  for (const FailureReport& failure : report.failures) {
    untrained += failure.seeds.size();
  }
  if (untrained > 0) {
    limits.push_back(fmt::format(
        "{} of {} did not train; “What failed” says why.", untrained, counted(report.done)));
  }
  std::size_t loaded = 0;
  std::size_t not_isolated = 0;
  for (const DataReport& data : report.data) {
    for (const StackSummary& stack : data.summary.stacks) {
      loaded += stack.loaded_trials;
      not_isolated += stack.not_isolated_trials;
    }
  }
  if (loaded > 0) {
    limits.push_back(fmt::format(
        "{} ran while other programs kept the machine busy; times are not to be trusted.",
        counted(loaded)));
  }
  if (not_isolated > 0) {
    limits.push_back(fmt::format(
        "The workers of {} could have reached a network: the system allowed no isolation.",
        counted(not_isolated)));
  }
  return limits;
}

}  // namespace plumbline
