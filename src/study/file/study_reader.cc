#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <unordered_set>

#include "base/error.h"
#include "base/files.h"
#include "study/file/data_reader.h"
#include "study/file/network_reader.h"
#include "study/file/stack_reader.h"
#include "study/file/toml_document.h"
#include "study/study.h"

namespace plumbline {
namespace {

constexpr std::array kUnits{
    Word<double>{"", 1},
    Word<double>{"B", 1},
    Word<double>{"kB", 1e3},
    Word<double>{"MB", 1e6},
    Word<double>{"GB", 1e9},
    Word<double>{"TB", 1e12},
    Word<double>{"KiB", 1024.0},
    Word<double>{"MiB", 1024.0 * 1024},
    Word<double>{"GiB", 1024.0 * 1024 * 1024},
    Word<double>{"TiB", 1024.0 * 1024 * 1024 * 1024},
};
constexpr std::size_t kMaxSeeds = 1'000'000;
constexpr std::int64_t kMaxSeed = (std::int64_t{1} << 32) - 1;
constexpr int kMaxThreads = 4096;
constexpr double kMaxTimeoutSeconds = 366.0 * 24 * 3600;
constexpr std::int64_t kMinMemory = 1'000'000;
constexpr std::int64_t kMaxMemory = std::int64_t{1} << 50;

std::string read_question(const TomlValue& value) {
  std::string question = value.text("a question in words");
  if (question.find_first_not_of(' ') == std::string::npos) {
    value.must_be("a question in words");
  }
  return question;
}

std::vector<std::uint64_t> read_seeds(const TomlValue& value) {
  std::vector<std::uint64_t> seeds;
  if (!value.is_list()) {
    if (!value.is_integer()) {
      value.must_be("a number of seeds, as in 5 for 0, 1, 2, 3 and 4, or a list of seeds");
    }
    const std::int64_t count = value.integer(1, kMaxSeeds);
    for (std::int64_t seed = 0; seed < count; ++seed) {
      seeds.push_back(static_cast<std::uint64_t>(seed));
    }
    return seeds;
  }
  std::unordered_set<std::int64_t> seen;
  for (const TomlValue& item : value.list("a list of seeds", kMaxSeeds)) {
    const std::int64_t seed = item.integer(0, kMaxSeed);
    if (!seen.insert(seed).second) {
      item.fail(fmt::format("The seed {} is named twice.", seed));
    }
    seeds.push_back(static_cast<std::uint64_t>(seed));
  }
  return seeds;
}

// "8 GB", "1.5GiB".
std::optional<std::int64_t> bytes_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto unit = meaning_of(kUnits, text);
  const double bytes = unit ? number * *unit : -1;
  if (!(bytes >= static_cast<double>(kMinMemory) && bytes <= static_cast<double>(kMaxMemory))) {
    return std::nullopt;
  }
  return std::llround(bytes);
}

std::int64_t read_memory_limit(const TomlValue& value) {
  if (value.is_integer()) {
    return value.integer(kMinMemory, kMaxMemory);
  }
  const auto bytes = value.is_text() ? bytes_of(value.text("a size")) : std::nullopt;
  if (!bytes) {
    value.must_be("a number of bytes or a size with a unit, as in \"8 GB\", from 1 MB to 1024 TiB");
  }
  return *bytes;
}

void read_limits(const TomlTable& table, Study& study) {
  if (const auto threads = table.find("threads")) {
    study.threads = static_cast<int>(threads->integer(1, kMaxThreads));
  }
  if (const auto timeout = table.find("trial_timeout_seconds")) {
    study.trial_timeout_seconds = timeout->number({0, false, kMaxTimeoutSeconds});
  }
  if (const auto limit = table.find("memory_limit")) {
    study.memory_limit_bytes = read_memory_limit(*limit);
  }
}

// A key of the top that was written below a [table] belongs to that table by TOML's rules.
void check_misplaced(const TomlTable& top, const std::vector<std::string>& keys) {
  for (const char* name : {"network", "recipe"}) {
    const auto value = top.find(name);
    if (!value || !value->is_table()) {
      continue;
    }
    const TomlTable table = value->table(name);
    for (const std::string& key : keys) {
      if (table.has(key)) {
        table.fail_at(
            key,
            fmt::format("'{}' is a key of the study, not of [{}]: write it above the first "
                        "[table].",
                        key,
                        name));
      }
    }
  }
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(file, error);
  return (error ? file : whole).parent_path().lexically_normal();
}

// Nothing when the file has no such place.
const toml::node* node_at(const toml::table& document, const StudyPath& path) {
  const toml::node* node = &document;
  for (const std::string& step : path) {
    if (const toml::table* const table = node->as_table()) {
      node = table->get(step);
    } else if (const toml::array* const list = node->as_array()) {
      node = list->get(std::stoul(step));
    } else {
      return nullptr;
    }
    if (node == nullptr) {
      return nullptr;
    }
  }
  return node;
}

}  // namespace

Study parse_study(const std::string& text,
                  const std::filesystem::path& file,
                  const Vocabulary& known) {
  const SourceText source(file.string(), text);
  const toml::table document = parse_toml(source);
  const TomlTable top(source, document, "A study");
  std::vector<std::string> keys{
      "question", "data", "seeds", "stacks", "threads", "trial_timeout_seconds", "memory_limit"};
  check_misplaced(top, keys);
  keys.insert(keys.end(), {"network", "recipe", "stack"});
  top.allow_only(keys);

  const std::filesystem::path folder = folder_of(file);
  Study study;
  study.name = file.stem().string();
  study.file = file;
  study.text = text;
  study.question = read_question(top.require("question", "question = \"Is A as accurate as B?\""));
  study.data = read_data(top.require("data", "data = [\"mnist\"]"), folder, known.data_sets);
  study.seeds = read_seeds(top.require("seeds", "seeds = 5"));
  read_limits(top, study);
  study.network = read_network(
      top.require("network", "[network] and below it 'input' and 'layers'").table("[network]"));
  RecipeSurroundings surroundings{folder, {}};
  for (const ParameterSpec& parameter : parameters(study.network)) {
    surroundings.parameters.push_back(parameter.name);
  }
  study.stacks = read_stacks(top, surroundings, known.stacks);
  return study;
}

void fail_at(const Study& study,
             const std::vector<StudyPath>& places,
             const std::string& sentence) {
  const SourceText source(study.file.string(), study.text);
  const toml::table document = parse_toml(source);
  for (const StudyPath& place : places) {
    if (const toml::node* const node = node_at(document, place)) {
      const toml::source_position position = node->source().begin;
      source.fail({position.line, position.column}, sentence);
    }
  }
  source.fail({}, sentence);
}

Study read_study(const std::filesystem::path& file, const Vocabulary& known) {
  return parse_study(read_file(file, kMaxStudyBytes), file, known);
}

}  // namespace plumbline
