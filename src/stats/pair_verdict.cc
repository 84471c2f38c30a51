#include "stats/pair_verdict.h"

namespace plumbline {

const char* verdict_name(PairVerdict verdict) {
  switch (verdict) {
    case PairVerdict::Better:
      return "better";
    case PairVerdict::Worse:
      return "worse";
    case PairVerdict::Equivalent:
      return "equivalent";
    case PairVerdict::Undecided:
      return "undecided";
    case PairVerdict::Identical:
      return "identical";
  }
  return "";
}

PairVerdict reversed(PairVerdict verdict) {
  switch (verdict) {
    case PairVerdict::Better:
      return PairVerdict::Worse;
    case PairVerdict::Worse:
      return PairVerdict::Better;
    default:
      return verdict;
  }
}

PairVerdict verdict_of(const std::optional<Interval>& interval,
                       const std::optional<Interval>& equivalence_interval,
                       const VerdictRule& rule) {
  if (rule.margin && equivalence_interval &&
      equivalence_interval->within(rule.margin->low, rule.margin->high)) {
    return PairVerdict::Equivalent;
  }
  if (!interval || interval->contains(rule.no_difference)) {
    return PairVerdict::Undecided;
  }
  const bool more = interval->low > rule.no_difference;
  return more == rule.more_is_better ? PairVerdict::Better : PairVerdict::Worse;
}

}  // namespace plumbline
