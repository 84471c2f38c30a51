#include "engine/fast/support.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"
#include "engine/dialect_words.h"

namespace plumbline::fast {
namespace {

// What is decided (the part of a choice's name after the point) in any of its meanings.
constexpr std::array<std::string_view, 5> kKnown{
    "average_over", "running_variance", "momentum_share", "constants", "reduction"};

bool is_known(const DialectChoice& choice) {
  const std::string_view name = choice.name;
  return choice.by_default || name.starts_with("optimizer.") ||
         std::ranges::find(kKnown, name.substr(name.find('.') + 1)) != kKnown.end();
}

}  // namespace

void check_supported(const Settings& settings) {
  for (const DialectChoice& choice : dialect_choices(settings)) {
    if (!is_known(choice)) {
      throw Error(
          fmt::format("The fast engine does not know {} = '{}'. The reference engine knows it.",
                      choice.name,
                      choice.word));
    }
  }
}

}  // namespace plumbline::fast
