#include "parity/case_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "engine/dialect_words.h"
#include "study/wire.h"
#include "tensor/safetensors.h"

namespace plumbline::parity {
namespace {

using nlohmann::json;

const json& member(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) {
    throw Error(fmt::format("The member '{}' is missing.", name));
  }
  return *found;
}

// Reads what the case file names, relative to its folder.
class CaseReader {
 public:
  CaseReader(const json& wire, std::filesystem::path folder)
      : wire_(wire), folder_(std::move(folder)), recipe_(recipe_from_wire(member(wire, "recipe"))) {
    settings_ = resolve(recipe_, network_from_wire(member(wire, "network")));
    if (wire.contains("dialect")) {
      for (const auto& [name, word] : wire.at("dialect").items()) {
        choose(settings_, name, word.get<std::string>());
      }
    }
    state_ = tensors(member(wire, "state"));
  }

  [[nodiscard]] CaseFile read() const {
    CaseFile file;
    if (wire_.contains("training")) {
      const json& training = wire_.at("training");
      file.training = TrainingCase{settings_, state_, {}};
      for (const json& path : member(training, "batches")) {
        file.training->batches.push_back(batch(tensors(path)));
      }
      file.training_found.after = tensors(member(training, "after"));
      for (const json& loss : training.value("losses", json::array())) {
        file.training_found.losses.push_back(number(loss));
      }
    }
    if (wire_.contains("evaluation")) {
      const json& evaluation = wire_.at("evaluation");
      file.evaluation =
          EvaluationCase{settings_, state_, images(tensors(member(evaluation, "images")))};
      file.outputs = tensors(member(evaluation, "outputs")).at("outputs");
    }
    return file;
  }

 private:
  [[nodiscard]] TensorMap tensors(const json& path) const {
    return read_safetensors(folder_ / path.get<std::string>()).tensors;
  }
  [[nodiscard]] static std::optional<double> number(const json& loss) {
    if (loss.is_null()) {
      return std::nullopt;
    }
    return loss.is_number() ? loss.get<double>() : std::stod(loss.get<std::string>());
  }
  [[nodiscard]] Images images(const TensorMap& batch) const {
    if (batch.contains("inputs")) {
      return {batch.at("inputs"), std::nullopt};
    }
    if (!batch.contains("images")) {
      throw Error("A batch has neither 'images' nor 'inputs'.");
    }
    return {batch.at("images"), recipe_.input_scaling};
  }
  [[nodiscard]] TrainingBatch batch(const TensorMap& tensors) const {
    TrainingBatch batch{images(tensors), {}, {}};
    if (!tensors.contains("labels")) {
      throw Error("A batch has no 'labels'.");
    }
    const auto labels = tensors.at("labels").as<std::int64_t>();
    batch.labels.assign(labels.begin(), labels.end());
    constexpr std::string_view kPrefix = "mask/";
    for (const auto& [name, tensor] : tensors) {
      if (name.starts_with(kPrefix)) {
        batch.masks.emplace(name.substr(kPrefix.size()), tensor);
      }
    }
    return batch;
  }

  const json& wire_;
  std::filesystem::path folder_;
  Recipe recipe_;
  Settings settings_;
  TensorMap state_;
};

}  // namespace

CaseFile read_case(const std::filesystem::path& path) {
  try {
    const json wire = json::parse(read_file(path));
    return CaseReader(wire, path.parent_path()).read();
  } catch (const Error& error) {
    throw error.with_context(fmt::format("While reading the case '{}'", path.string()));
  } catch (const std::exception& error) {
    throw Error(
        fmt::format("The case '{}' is not as it should be: {}.", path.string(), error.what()));
  }
}

}  // namespace plumbline::parity
