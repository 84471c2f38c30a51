#include <cstdio>
#include <optional>
#include <span>
#include <string_view>

#include "adapter/conversation.h"
#include "base/exit_code.h"
#include "native_worker/native_adapter.h"

namespace {

using plumbline::Engine;

std::optional<Engine> engine_named(std::span<char*> arguments) {
  if (arguments.empty()) {
    return Engine::Fast;
  }
  const std::string_view argument = arguments.front();
  if (arguments.size() == 1 && argument == "--engine=fast") {
    return Engine::Fast;
  }
  if (arguments.size() == 1 && argument == "--engine=reference") {
    return Engine::Reference;
  }
  return std::nullopt;
}

}  // namespace

int main(int count, char** arguments) {
  const std::optional<Engine> engine =
      engine_named(std::span(arguments, static_cast<std::size_t>(count)).subspan(1));
  if (!engine) {
    std::fprintf(stderr, "Usage: plumbline-native-worker [--engine=fast | --engine=reference]\n");
    return static_cast<int>(plumbline::ExitCode::Usage);
  }
  plumbline::NativeAdapter adapter(*engine);
  return plumbline::converse_over_environment(adapter);
}
