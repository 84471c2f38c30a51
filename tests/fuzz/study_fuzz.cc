#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "study/study.h"
#include "study/wire.h"

namespace {

using plumbline::Error;
using plumbline::UsageError;

// What goes to a worker must come back the same.
void check_round_trip(const plumbline::Study& study) {
  const std::string network = to_wire(study.network).dump();
  if (to_wire(plumbline::network_from_wire(nlohmann::json::parse(network))).dump() != network) {
    __builtin_trap();
  }
  for (const plumbline::StackChoice& stack : study.stacks) {
    const std::string recipe = to_wire(stack.recipe).dump();
    if (to_wire(plumbline::recipe_from_wire(nlohmann::json::parse(recipe))).dump() != recipe) {
      __builtin_trap();
    }
  }
}

void read_as_study(const std::string& text) {
  try {
    check_round_trip(plumbline::parse_study(text, "input.toml"));
  } catch (const UsageError&) {
    return;
  }
}

template <typename Read>
void read_as_wire(const nlohmann::json& wire, Read read) {
  try {
    static_cast<void>(to_wire(read(wire)).dump());
  } catch (const Error&) {
    return;
  }
}

}  // namespace

// Any text is a sound study, or a UsageError; any JSON object is a sound network or recipe, or an
// Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (!text.starts_with('{')) {
    read_as_study(text);
    return 0;
  }
  const nlohmann::json wire = nlohmann::json::parse(text, nullptr, false);
  if (!wire.is_discarded()) {
    read_as_wire(wire, plumbline::network_from_wire);
    read_as_wire(wire, plumbline::recipe_from_wire);
  }
  return 0;
}
