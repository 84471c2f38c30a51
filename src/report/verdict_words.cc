#include "report/verdict_words.h"

#include <fmt/format.h>

#include <cmath>

namespace plumbline {

namespace {

double points(double share) {
  return 100 * share;
}

std::string percent(double confidence) {
  return fmt::format("{:.4g}%", 100 * confidence);
}

std::string seeds(std::size_t count) {
  return fmt::format("{} seed{}", count, count == 1 ? "" : "s");
}

// "0.21 to 1.47", "-0.75 to 0.51"; the sign of the difference is turned where `negate`.
std::string bounds(const Interval& interval, bool negate) {
  return negate ? fmt::format("{:.2f} to {:.2f}", points(-interval.high), points(-interval.low))
                : fmt::format("{:.2f} to {:.2f}", points(interval.low), points(interval.high));
}

std::string exploratory_note(bool exploratory) {
  return exploratory ? fmt::format(" Exploratory: fewer than {} seeds.", kExploratoryBelow) : "";
}

std::string decided_accuracy(const PairNames& names,
                             const AccuracyComparison& accuracy,
                             const ComparisonSettings& settings) {
  const bool less = accuracy.verdict == PairVerdict::Worse;
  const std::string detail =
      accuracy.interval ? fmt::format("{} interval {}; {}",
                                      percent(settings.confidence),
                                      bounds(*accuracy.interval, less),
                                      seeds(accuracy.seeds))
                        : fmt::format("by the same with each of {}", seeds(accuracy.seeds));
  return fmt::format("{} is {} accurate than {} by {:.2f} points ({}).",
                     names.first,
                     less ? "less" : "more",
                     names.second,
                     points(std::abs(*accuracy.difference)),
                     detail);
}

std::string equivalent_accuracy(const PairNames& names,
                                const AccuracyComparison& accuracy,
                                const ComparisonSettings& settings) {
  const Interval& interval = *accuracy.equivalence_interval;
  return fmt::format(
      "{} and {} are equivalent in accuracy: their difference of {:.2f} points ({} interval {}; "
      "{}) "
      "stays below the margin of {:.4g}.",
      names.first,
      names.second,
      points(*accuracy.difference),
      percent(interval.confidence),
      bounds(interval, false),
      seeds(accuracy.seeds),
      points(*settings.accuracy_margin));
}

std::string what_it_would_take(const AccuracyComparison& accuracy) {
  std::string words;
  if (accuracy.detectable_difference) {
    words += fmt::format(" A difference of {:.2f} points would most likely have been seen.",
                         points(*accuracy.detectable_difference));
  }
  if (accuracy.needed_seeds) {
    words += fmt::format(" It would take about {} to decide.", seeds(*accuracy.needed_seeds));
  }
  return words;
}

std::string undecided_accuracy(const PairNames& names,
                               const AccuracyComparison& accuracy,
                               const ComparisonSettings& settings) {
  if (!accuracy.difference) {
    return fmt::format("{} and {} cannot be compared: there is no seed with which both trained.",
                       names.first,
                       names.second);
  }
  const bool less = *accuracy.difference < 0;
  std::string words = fmt::format("Undecided whether {} is as accurate as {}: {:.2f} points {}",
                                  names.first,
                                  names.second,
                                  points(std::abs(*accuracy.difference)),
                                  less ? "less" : "more");
  if (accuracy.interval) {
    words += fmt::format(" ({} interval {}; {}).",
                         percent(settings.confidence),
                         bounds(*accuracy.interval, less),
                         seeds(accuracy.seeds));
  } else {
    words += fmt::format(" with {}, too few for an interval.", seeds(accuracy.seeds));
  }
  return words + what_it_would_take(accuracy);
}

std::string ratio_interval(const TimeComparison& time, const ComparisonSettings& settings) {
  return time.interval ? fmt::format("{} interval {:.3g} to {:.3g}; {}",
                                     percent(settings.confidence),
                                     time.interval->low,
                                     time.interval->high,
                                     seeds(time.seeds))
                       : seeds(time.seeds) + ", too few for an interval";
}

// Neighbours' places do not matter for a reference.
std::string settled_sentence(const Comparison& comparison, const std::vector<std::string>& stacks) {
  if (comparison.settled) {
    return comparison.settings.reference ? "Every stack is decided against the reference."
                                         : "The ranking by accuracy is settled.";
  }
  std::string open;
  for (const std::size_t index : comparison.unsettled) {
    const PairComparison& pair = comparison.pairs[index];
    open += fmt::format(
        "{}{} against {}", open.empty() ? "" : ", ", stacks[pair.first], stacks[pair.second]);
  }
  return fmt::format("The ranking by accuracy is not settled: {} {} open.",
                     open,
                     comparison.unsettled.size() == 1 ? "is" : "are");
}

}  // namespace

std::string verdict_words(PairVerdict verdict, bool exploratory) {
  return std::string(verdict_name(verdict)) + (exploratory ? ", exploratory" : "");
}

std::string accuracy_sentence(const PairNames& names,
                              const AccuracyComparison& accuracy,
                              const ComparisonSettings& settings) {
  const std::string note = exploratory_note(accuracy.exploratory && accuracy.seeds > 0);
  switch (accuracy.verdict) {
    case PairVerdict::Better:
    case PairVerdict::Worse:
      return decided_accuracy(names, accuracy, settings) + note;
    case PairVerdict::Equivalent:
      return equivalent_accuracy(names, accuracy, settings) + note;
    case PairVerdict::Identical:
      return fmt::format("{} and {} gave identical predictions, right and wrong, with {}.",
                         names.first,
                         names.second,
                         seeds(accuracy.seeds)) +
             note;
    case PairVerdict::Undecided:
      break;
  }
  return undecided_accuracy(names, accuracy, settings) + note;
}

std::string time_sentence(const PairNames& names,
                          const TimeComparison& time,
                          const ComparisonSettings& settings) {
  if (!time.ratio) {
    return "";
  }
  const std::string ratio = fmt::format("{:.3g} times the time of {} ({})",
                                        *time.ratio,
                                        names.second,
                                        ratio_interval(time, settings));
  switch (time.verdict) {
    case PairVerdict::Better:
      return fmt::format("{} is faster: it takes {}.", names.first, ratio);
    case PairVerdict::Worse:
      return fmt::format("{} is slower: it takes {}.", names.first, ratio);
    case PairVerdict::Equivalent:
      return fmt::format("{} is equivalent in time within {:.4g}%: it takes {}.",
                         names.first,
                         100 * *settings.time_margin,
                         ratio);
    default:
      break;
  }
  std::string words = fmt::format("Undecided which is faster: {} took {}.", names.first, ratio);
  if (time.needed_seeds) {
    words += fmt::format(" It would take {}{} to decide.",
                         time.interval ? "about " : "at least ",
                         seeds(*time.needed_seeds));
  }
  return words;
}

std::string failure_sentence(const PairNames& names, const FailureComparison& failures) {
  if (failures.verdict == PairVerdict::Undecided) {
    return "";
  }
  const bool more = failures.verdict == PairVerdict::Worse;
  return fmt::format("{} fails to train {} often than {} (p = {:.2g}).",
                     names.first,
                     more ? "more" : "less",
                     names.second,
                     *failures.p_holm);
}

std::optional<std::size_t> yardstick(const Comparison& comparison,
                                     const std::vector<std::size_t>& ranking) {
  if (comparison.settings.reference) {
    return comparison.settings.reference;
  }
  return ranking.empty() ? std::nullopt : std::optional(ranking.front());
}

std::vector<std::string> verdict_sentences(const Comparison& comparison,
                                           const std::vector<std::string>& stacks) {
  std::vector<std::string> sentences;
  const auto add = [&](std::string sentence) {
    if (!sentence.empty()) {
      sentences.push_back(std::move(sentence));
    }
  };
  const auto most_accurate = yardstick(comparison, comparison.ranking);
  const auto fastest = yardstick(comparison, comparison.time_ranking);
  for (std::size_t stack = 0; most_accurate && stack < stacks.size(); ++stack) {
    if (const auto pair = pair_of(comparison, stack, *most_accurate)) {
      const PairNames names{stacks[stack], stacks[*most_accurate]};
      add(accuracy_sentence(names, pair->accuracy, comparison.settings));
      add(failure_sentence(names, pair->failures));
    }
  }
  for (std::size_t stack = 0; fastest && stack < stacks.size(); ++stack) {
    if (const auto pair = pair_of(comparison, stack, *fastest)) {
      add(time_sentence({stacks[stack], stacks[*fastest]}, pair->time, comparison.settings));
    }
  }
  if (comparison.ranking.size() > 1) {
    add(settled_sentence(comparison, stacks));
  }
  return sentences;
}

}  // namespace plumbline
