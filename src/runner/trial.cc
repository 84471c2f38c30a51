#include "runner/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "draw/draw.h"
#include "runner/checks.h"
#include "runner/controlled.h"
#include "runner/machine.h"
#include "runner/training.h"
#include "runner/worker_options.h"
#include "study/wire.h"
#include "tensor/safetensors.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

// The conversation with one worker, phase by phase. The record is filled as it goes, so that what
// was learnt before a failure is kept.
class TrialRun {
 public:
  TrialRun(const TrialInputs& inputs,
           const fs::path& folder,
           ProgressListener& listener,
           TrialRecord& record)
      : inputs_(inputs),
        folder_(folder),
        listener_(listener),
        record_(record),
        options_(worker_options(
            inputs.stack, inputs.threads, inputs.memory_limit_bytes, folder, inputs.run_folder)) {}

  void run() {
    write_data();
    const double busy_before = machine_busy_seconds() - own_busy_seconds();
    listener_.phase_started("import");
    Session session(options_, inputs_.timeout_seconds);
    session_ = &session;
    try {
      converse();
    } catch (const TrialEnded& end) {
      record_.outcome = end.outcome;
      record_.reason = end.reason;
      record_.detail = end.detail;
    }
    finish(session.close());
    const double others = machine_busy_seconds() - own_busy_seconds() - busy_before -
                          record_.use.user_seconds - record_.use.system_seconds;
    record_.other_load = std::max(0.0, others / record_.wall_seconds);
  }

 private:
  void converse() {
    describe();
    load_data();
    build();
    const TensorMap before = initial_state();
    train();
    const TensorMap after = read_state();
    check_trained(before, after, inputs_.network);
    predict();
    record_.outcome = Outcome::Trained;
  }

  // Asks, and adds the time until the answer to a phase.
  nlohmann::json ask(const std::string& phase,
                     const std::string& name,
                     nlohmann::json members = nlohmann::json::object()) {
    listener_.phase_started(phase);
    const double start = monotonic_seconds();
    nlohmann::json result = session_->request(name, std::move(members));
    record_.phases[phase] += monotonic_seconds() - start;
    return result;
  }

  void describe() {
    const nlohmann::json result = session_->request("describe");
    record_.phases["import"] = monotonic_seconds() - session_->started_at();
    const auto versions = result.find("versions");
    if (versions == result.end() || !versions->is_object()) {
      throw TrialEnded{
          Outcome::ProtocolError, "The answer to 'describe' has no table 'versions'.", ""};
    }
    for (const auto& [package, version] : versions->items()) {
      record_.versions[package] = version.is_string() ? version.get<std::string>() : version.dump();
    }
  }

  [[nodiscard]] fs::path train_file() const { return folder_ / "train.safetensors"; }
  [[nodiscard]] fs::path test_file() const { return folder_ / "test.safetensors"; }

  void write_data() const {
    const std::int64_t images = training_images(inputs_.stack.choice.recipe, inputs_.data);
    write_split(train_file(), first_images(inputs_.data.train, images));
    write_split(test_file(), inputs_.data.test);
  }

  void load_data() {
    ask("load",
        "load_data",
        {{"train", train_file().string()},
         {"test", test_file().string()},
         {"classes", inputs_.data.classes},
         {"input_scaling", wire_recipe()["input_scaling"]}});
  }

  void build() {
    const nlohmann::json result = ask("build",
                                      "build",
                                      {{"network", to_wire(inputs_.network)},
                                       {"recipe", wire_recipe()},
                                       {"seed", inputs_.seed},
                                       {"device", record_.device},
                                       {"mode", mode_name(inputs_.mode)}});
    const auto settings = result.find("settings");
    if (settings == result.end() || !settings->is_object()) {
      throw TrialEnded{
          Outcome::ProtocolError, "The answer to 'build' has no table 'settings'.", ""};
    }
    for (const auto& [name, value] : settings->items()) {
      record_.settings[name] = value.dump();
    }
  }

  // Injects weights where they are ours to choose, and reads what training starts from.
  TensorMap initial_state() {
    const Recipe& recipe = inputs_.stack.choice.recipe;
    const auto* const checkpoint = std::get_if<Checkpoint>(&recipe.weights);
    if (checkpoint != nullptr) {
      send_state(load_checkpoint(inputs_.network, *checkpoint));
    } else if (inputs_.mode == Mode::Controlled) {
      send_state(initial_weights(inputs_.network, recipe, key()));
    }
    return read_state();
  }

  void send_state(const TensorMap& state) {
    const fs::path file = folder_ / "initial.safetensors";
    write_safetensors(file, state);
    ask("inspect", "set_state", {{"path", file.string()}});
  }

  TensorMap read_state() {
    const fs::path file = folder_ / "state.safetensors";
    ask("inspect", "get_state", {{"path", file.string()}});
    const double start = monotonic_seconds();
    TensorMap state = read_worker_tensors(file, "get_state", state_bytes(inputs_.network));
    check_state(state, inputs_.network);
    record_.phases["inspect"] += monotonic_seconds() - start;
    return state;
  }

  void train() {
    listener_.phase_started("train");
    const Recipe& recipe = inputs_.stack.choice.recipe;
    const std::int64_t images = training_images(recipe, inputs_.data);
    const TrainingInputs training{*session_, inputs_.network, recipe, images, key(), folder_};
    const Training result = inputs_.mode == Mode::Controlled
                                ? train_controlled(training, listener_)
                                : train_as_shipped(training, listener_);
    record_.steps = result.steps;
    record_.final_loss = result.loss;
    record_.curve = result.curve;
    record_.phases["compile"] = result.first_step_seconds;
    record_.phases["train"] = result.seconds - result.first_step_seconds;
  }

  void predict() {
    const fs::path file = folder_ / "outputs.safetensors";
    ask("predict", "predict", {{"path", file.string()}});
    const auto images = static_cast<std::size_t>(inputs_.data.test.labels.size());
    const std::size_t bytes =
        images * static_cast<std::size_t>(inputs_.data.classes) * sizeof(float);
    const TensorMap tensors = read_worker_tensors(file, "predict", bytes);
    const auto outputs = tensors.find("outputs");
    if (outputs == tensors.end()) {
      throw TrialEnded{
          Outcome::ProtocolError, "The answer to 'predict' has no tensor 'outputs'.", ""};
    }
    check_outputs(outputs->second, inputs_.data.test.labels.size(), inputs_.data.classes);
    score(outputs->second);
  }

  // Accuracy is ours to compute: the class with the largest output, the lowest index on a tie.
  void score(const Tensor& outputs) {
    const std::span<const float> values = outputs.as<float>();
    const std::span<const std::int64_t> labels = inputs_.data.test.labels.as<std::int64_t>();
    const auto classes = static_cast<std::size_t>(inputs_.data.classes);
    record_.correct.assign((labels.size() + 7) / 8, 0);
    std::int64_t hits = 0;
    for (std::size_t image = 0; image < labels.size(); ++image) {
      const std::span<const float> row = values.subspan(image * classes, classes);
      const auto best = std::distance(row.begin(), std::max_element(row.begin(), row.end()));
      record_.predicted_class.push_back(static_cast<std::uint16_t>(best));
      if (best == labels[image]) {
        ++hits;
        record_.correct[image / 8] =
            static_cast<std::uint8_t>(record_.correct[image / 8] | (1U << (image % 8)));
      }
    }
    record_.test_images = static_cast<std::int64_t>(labels.size());
    record_.accuracy = static_cast<double>(hits) / static_cast<double>(labels.size());
  }

  void finish(const ExitReport& exit) {
    record_.wall_seconds = monotonic_seconds() - session_->started_at();
    double known = 0;
    for (const auto& [name, seconds] : record_.phases) {
      known += seconds;
    }
    record_.phases["residual"] = record_.wall_seconds - known;
    record_.use = exit.use;
    record_.network_isolated = exit.network_isolated;
    record_.pid_isolated = exit.pid_isolated;
    record_.standard_output = log_of(options_.standard_output);
    record_.standard_error = log_of(options_.standard_error);
    if (record_.reason.empty()) {
      record_.reason = blemish_of(exit);
    }
  }

  // What was wrong with the end of a worker whose trial went well; empty for nothing.
  static std::string blemish_of(const ExitReport& exit) {
    if (exit.left_processes) {
      return "The worker left processes behind; Plumbline ended them.";
    }
    return exit.reason.empty()
               ? ""
               : "After its trial the worker did not end as it should. " + exit.reason;
  }

  static std::string log_of(const fs::path& file) {
    return fs::is_regular_file(file) ? read_file(file) : "";
  }

  // Workers hear of steps only; epochs are worked out here.
  [[nodiscard]] nlohmann::ordered_json wire_recipe() const {
    Recipe recipe = inputs_.stack.choice.recipe;
    recipe.steps = total_steps(recipe, training_images(recipe, inputs_.data));
    recipe.epochs.reset();
    return to_wire(recipe);
  }

  [[nodiscard]] PhiloxKey key() const { return stream_key(inputs_.study.c_str(), inputs_.seed); }

  const TrialInputs& inputs_;
  fs::path folder_;
  ProgressListener& listener_;
  TrialRecord& record_;
  ChildOptions options_;
  Session* session_ = nullptr;
};

}  // namespace

TrialRecord run_trial(const TrialInputs& inputs, ProgressListener& listener) {
  TrialRecord record;
  record.key = inputs.key;
  record.data = inputs.data.name;
  record.stack = inputs.stack.manifest.name;
  record.device = inputs.stack.choice.device == Device::Cuda ? "cuda" : "cpu";
  record.seed = inputs.seed;
  record.mode = mode_name(inputs.mode);
  record.started_at = utc_timestamp();
  fs::create_directories(inputs.run_folder);  // an earlier worker may have removed it
  const TemporaryFolder folder(inputs.run_folder, "trial-");
  TrialRun(inputs, folder.path(), listener, record).run();
  record.ended_at = utc_timestamp();
  return record;
}

}  // namespace plumbline
