#include "study/file/stack_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "study/file/paths.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxStacks = 1000;
constexpr std::array kDeviceWords{Word<Device>{"cpu", Device::Cpu},
                                  Word<Device>{"cuda", Device::Cuda}};

bool is_folder(const std::string& text) {
  return text.starts_with("./") || text.starts_with("../") || text.starts_with('/') ||
         text.starts_with('~');
}

StackChoice read_own_stack(const TomlValue& value, const std::filesystem::path& folder) {
  StackChoice stack;
  std::filesystem::path path = resolved_path(value, folder);
  if (!path.has_filename()) {
    path = path.parent_path();  // "./mine/"
  }
  stack.name = path.filename().string();
  if (!is_plain_name(stack.name)) {
    value.fail(
        fmt::format("The folder of a stack gives the stack its name, and {} is none: a name has "
                    "letters, digits, '_', '-' and '.', at most 64 in all.",
                    in_quotes(stack.name)));
  }
  stack.folder = path;
  return stack;
}

StackChoice read_choice(const TomlValue& value,
                        const std::filesystem::path& folder,
                        const std::vector<std::string>& known_stacks) {
  const std::string text = value.text("the name of a stack, or the path of a stack's folder");
  if (is_folder(text)) {
    return read_own_stack(value, folder);
  }
  if (!is_plain_name(text)) {
    value.fail(
        fmt::format("{} is not the name of a stack. A folder of your own is written \"./folder\".",
                    in_quotes(text)));
  }
  if (!known_stacks.empty() &&
      std::find(known_stacks.begin(), known_stacks.end(), text) == known_stacks.end()) {
    value.fail(
        fmt::format("There is no stack {}.{} The stacks are {}; a folder of your own is written "
                    "\"./{}\".",
                    in_quotes(text),
                    did_you_mean(text, known_stacks),
                    join_words(known_stacks),
                    text));
  }
  StackChoice stack;
  stack.name = text;
  return stack;
}

std::vector<StackChoice> read_choices(const TomlValue& value,
                                      const std::filesystem::path& folder,
                                      const std::vector<std::string>& known_stacks) {
  std::vector<StackChoice> stacks;
  for (const TomlValue& item : value.list("a list of stacks", kMaxStacks)) {
    StackChoice stack = read_choice(item, folder, known_stacks);
    for (const StackChoice& other : stacks) {
      if (other.name == stack.name) {
        item.fail(fmt::format("Two stacks are named '{}'.", stack.name));
      }
    }
    stacks.push_back(std::move(stack));
  }
  return stacks;
}

void read_changes(StackChoice& stack,
                  const TomlTable& changes,
                  const TomlTable& recipe,
                  const RecipeSurroundings& surroundings) {
  changes.allow_only({"device", "recipe"});
  if (const auto device = changes.find("device")) {
    // "Did you mean 'cpu'?" would be the wrong answer.
    if (device->is_text() && device->text("a device") == "gpu") {
      device->fail("'device' must be 'cpu' or 'cuda'; a GPU is 'cuda'.");
    }
    stack.device = device->word(kDeviceWords);
  }
  if (const auto own = changes.find("recipe")) {
    const TomlTable overlay = own->table(fmt::format("[stack.{}.recipe]", stack.name));
    stack.recipe = read_recipe(overlaid_recipe(recipe, overlay), surroundings);
  }
}

}  // namespace

std::vector<StackChoice> read_stacks(const TomlTable& study,
                                     const RecipeSurroundings& surroundings,
                                     const std::vector<std::string>& known_stacks) {
  auto stacks = read_choices(
      study.require("stacks", "stacks = [\"native\"]"), surroundings.folder, known_stacks);
  const TomlTable recipe =
      study.require("recipe", "[recipe] and below it the keys").table("[recipe]");
  const Recipe common = read_recipe(recipe, surroundings);
  std::vector<std::string> names;
  for (StackChoice& stack : stacks) {
    stack.recipe = common;
    names.push_back(stack.name);
  }
  const auto changes = study.find("stack");
  if (!changes) {
    return stacks;
  }
  const TomlTable tables = changes->table("[stack]");
  for (const TomlTable::Entry& entry : tables.entries()) {
    const auto stack = std::find(names.begin(), names.end(), entry.key);
    if (stack == names.end()) {
      tables.fail_at(
          entry.key,
          fmt::format("There is a table for the stack {}, which 'stacks' does not name.{}",
                      in_quotes(entry.key),
                      did_you_mean(entry.key, names)));
    }
    const auto index = static_cast<std::size_t>(stack - names.begin());
    const TomlTable table = tables.value(entry).table(fmt::format("[stack.{}]", entry.key));
    read_changes(stacks[index], table, recipe, surroundings);
  }
  return stacks;
}

}  // namespace plumbline
