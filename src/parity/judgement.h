#pragma once

#include <functional>
#include <span>
#include <string>

#include "engine/reference/arithmetic/bounded.h"

namespace plumbline::parity {

enum class Verdict {
  Exact,     // every element is the oracle's value, rounded once
  Rounding,  // within the budget, or no further off than a legal float32 evaluation was seen to be
  Suspect,   // beyond the budget, and at most kCloudMargin times as far as a legal evaluation was
             // seen to be
  Fail,      // beyond both: rounding does not explain it
  Vacuous,   // nothing against it, but a wrong answer could not have been seen either
};
[[nodiscard]] const char* verdict_name(Verdict verdict);  // "exact", "rounding", ...

inline constexpr double kCloudMargin = 3;
inline constexpr double kLeastResolution = 10;

// One tensor of a framework against the oracle. Suspicion alone does not condemn: a cloud of a few
// members is not all that is legal, and a relu that flips moves a tensor more than rounding does.
struct Judgement {
  std::string name;
  Verdict verdict = Verdict::Vacuous;
  double rho = 0;  // the worst |found - expected| / budget of an element
  double cloud_rho =
      0;  // the same of the worst legal float32 evaluation; 0 when it was not asked for
  double relative_error = 0;  // RMS(found - expected) / RMS(signal)
  double resolution = 0;      // signal / budget: RMS over the elements, each counted up to 1000
  [[nodiscard]] bool holds() const { return verdict != Verdict::Fail; }
};

// The worst |found - expected| / budget. An element without a budget must be equal: infinite if it
// is not. NaN counts as infinite, in either.
[[nodiscard]] double worst_ratio(std::span<const reference::Bounded> expected,
                                 std::span<const float> found);

// `signal` is the part of the expected value that a mistake would spoil: of an updated weight the
// update, of an output all of it. `cloud_rho` is called only on suspicion; it gives the worst_ratio
// of the float32 cloud for this tensor.
[[nodiscard]] Judgement judge(const std::string& name,
                              std::span<const reference::Bounded> expected,
                              std::span<const float> found,
                              std::span<const double> signal,
                              const std::function<double()>& cloud_rho);

}  // namespace plumbline::parity
