#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "study/recipe.h"

namespace plumbline {

// Which numbers a recipe may hold and in which range: one set of rules for the study file and the
// wire.

// Finite numbers from `low` up to, but without, `high`.
struct NumberRange {
  double low = -std::numeric_limits<double>::infinity();
  bool with_low = true;
  double high = std::numeric_limits<double>::infinity();
  [[nodiscard]] bool contains(double value) const;
  [[nodiscard]] std::string to_string()
      const;  // "a number above 0", "a number from 0 up to but without 1"
};
inline constexpr NumberRange kAnyNumber{};
inline constexpr NumberRange kAboveZero{.low = 0, .with_low = false};
inline constexpr NumberRange kFromZero{.low = 0};
inline constexpr NumberRange kFraction{.low = 0, .with_low = true, .high = 1};

struct OptimizerNumber {
  const char* name;
  std::optional<double> Optimizer::* member;
  NumberRange range;
};
// The numbers that an optimizer of this kind takes; sgd takes `nesterov` besides.
[[nodiscard]] std::vector<OptimizerNumber> numbers_of(OptimizerKind kind);

struct InitialiserNumber {
  const char* name;
  double Initialiser::* member;
  NumberRange range;
  bool required;
};
[[nodiscard]] std::vector<InitialiserNumber> numbers_of(InitialiserKind kind);
// Whether the initialiser draws from the number of inputs or outputs, which a bias does not have.
[[nodiscard]] bool depends_on_fan(InitialiserKind kind);

inline constexpr std::int64_t kMaxBatch = 1'000'000;
inline constexpr std::int64_t kMaxEpochs = 1'000'000;
inline constexpr std::int64_t kMaxSteps = 1'000'000'000;
inline constexpr std::int64_t kMaxTrainingImages = 1'000'000'000;

// Nesterov's step is the momentum's look-ahead: without momentum it means nothing, and frameworks
// refuse it or ignore it.
[[nodiscard]] bool nesterov_lacks_momentum(const Optimizer& optimizer);

}  // namespace plumbline
