#include "adapter/conversation.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <optional>

#include "adapter/observation.h"
#include "adapter/pipe.h"
#include "adapter/requests.h"
#include "base/error.h"
#include "base/exit_code.h"
#include "tensor/safetensors.h"

namespace plumbline {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxTrainingSteps = std::int64_t{1} << 40;

// One conversation: which request goes to which function of the adapter, and what has to come
// before it.
class Conversation {
 public:
  Conversation(Adapter& adapter, Pipe& pipe) : adapter_(adapter), pipe_(pipe) {}

  // The answer to any request.
  json answer(const json& request) {
    json answer{{"id", request.value("id", json())}};
    try {
      answer["result"] = result(request);
      answer["status"] = "ok";
    } catch (const Unsupported& unsupported) {
      answer["status"] = "unsupported";
      answer["reason"] = unsupported.reason;
    } catch (const std::exception& error) {
      answer["status"] = "error";
      answer["reason"] = error.what();
    }
    return answer;
  }

  [[nodiscard]] bool closed() const { return closed_; }

 private:
  using Handler = json (Conversation::*)(const json&);

  json result(const json& request) {
    static const std::map<std::string, Handler> handlers{{"describe", &Conversation::describe},
                                                         {"load_data", &Conversation::load_data},
                                                         {"build", &Conversation::build},
                                                         {"get_state", &Conversation::get_state},
                                                         {"set_state", &Conversation::set_state},
                                                         {"train", &Conversation::train},
                                                         {"step", &Conversation::step},
                                                         {"predict", &Conversation::predict},
                                                         {"close", &Conversation::close}};
    const std::string name = WireObject(request, "request").text("request");
    const auto found = handlers.find(name);
    if (found == handlers.end()) {
      throw Error("The protocol has no request '" + name + "'.");
    }
    return (this->*found->second)(request);
  }

  json describe(const json&) { return adapter_.describe(); }

  json load_data(const json& request) {
    TrialData data = read_trial_data(WireObject(request, "request"));
    facts_ = facts_of(data);
    labels_ = data.train.labels;
    const json counts{{"train_images", data.train.labels.size()},
                      {"test_images", data.test.labels.size()}};
    adapter_.load_data(std::move(data));
    return counts;
  }

  json build(const json& request) {
    if (!facts_) {
      throw Error("'build' comes after 'load_data'.");
    }
    const TrialPlan plan = read_trial_plan(request, *facts_);
    is_built_ = false;
    observer_.reset();
    steps_ = 0;
    json settings = adapter_.build(plan);
    if (plan.observed) {
      observer_ = adapter_.observer();
    }
    is_built_ = true;
    return {{"settings", std::move(settings)}};
  }

  json get_state(const json& request) {
    require_built();
    write_safetensors(path_of(request), adapter_.state());
    return json::object();
  }

  json set_state(const json& request) {
    require_built();
    adapter_.set_state(read_safetensors(path_of(request)).tensors);
    return json::object();
  }

  json train(const json& request) {
    require_built();
    const WireObject members(request, "request");
    const std::int64_t steps = members.integer("steps", 1, kMaxTrainingSteps);
    TrainingReport report(
        [&](const json& progress) {
          pipe_.send({{"id", request.value("id", json())}, {"progress", progress}});
        },
        steps,
        members.number("report_seconds", kFromZero));
    adapter_.train(steps, report);
    return report.result();
  }

  json step(const json& request) {
    require_built();
    const ControlledStep step = read_controlled_step(WireObject(request, "request"), *facts_);
    ++steps_;
    if (request.contains("record")) {
      return recorded_step(step, record_of(request));
    }
    return {{"loss", number_to_wire(adapter_.step(step.indices, step.masks))}};
  }

  json recorded_step(const ControlledStep& step, const std::string& path) {
    const TensorMap before = adapter_.state();
    Observation observation = observer_->step(step.indices, step.masks);
    observation.add("before/", before);
    observation.add("after/", adapter_.state());
    observation.add("mask/", step.masks);
    observation.add("", {{"labels", labels_at(labels_, step.indices)}, {"step", count_of(steps_)}});
    write_safetensors(path, observation.tensors);
    return {{"loss", number_to_wire(observation.loss())}, {"observation", observation.told()}};
  }

  json predict(const json& request) {
    require_built();
    if (request.contains("record")) {
      return recorded_prediction(request);
    }
    TensorMap outputs;
    outputs.emplace("outputs", adapter_.predict());
    write_safetensors(path_of(request), outputs);
    return json::object();
  }

  json recorded_prediction(const json& request) {
    const std::string path = record_of(request);
    Observation observation = observer_->predict(
        WireObject(request, "request").integer("images", 1, facts_->test_images));
    observation.add("before/", adapter_.state());
    write_safetensors(path, observation.tensors);
    return {{"observation", observation.told()}};
  }

  json close(const json&) {
    closed_ = true;
    return json::object();
  }

  void require_built() const {
    if (!is_built_) {
      throw Error("This request comes after 'build'.");
    }
  }
  std::string record_of(const json& request) const {
    if (observer_ == nullptr) {
      throw Error("'record' needs a build in observed form.");
    }
    return WireObject(request, "request").text("record");
  }
  static std::string path_of(const json& request) {
    return WireObject(request, "request").text("path");
  }

  Adapter& adapter_;
  Pipe& pipe_;
  std::optional<DataFacts> facts_;
  std::vector<std::int64_t> labels_;  // of the training images
  std::unique_ptr<Observer> observer_;
  std::int64_t steps_ = 0;  // controlled ones since the build
  bool is_built_ = false;
  bool closed_ = false;
};

std::optional<int> descriptor_named(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) {
    return std::nullopt;
  }
  char* end = nullptr;
  const long number = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || number < 0 || number > 65535) {
    return std::nullopt;
  }
  return static_cast<int>(number);
}

}  // namespace

int converse(Adapter& adapter, int request_fd, int response_fd) {
  std::signal(SIGPIPE, SIG_IGN);  // a lost connection is an error code of `write`
  Pipe pipe(request_fd, response_fd);
  Conversation conversation(adapter, pipe);
  try {
    while (!conversation.closed()) {
      const std::optional<json> request = pipe.receive();
      if (!request) {
        return static_cast<int>(ExitCode::Done);
      }
      pipe.send(conversation.answer(*request));
    }
    return static_cast<int>(ExitCode::Done);
  } catch (const ConnectionLost&) {
    return static_cast<int>(ExitCode::Done);
  } catch (const std::exception&
               error) {  // what came is not a message, so nothing after it can be read either
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(ExitCode::Internal);
  }
}

int converse_over_environment(Adapter& adapter) {
  const std::optional<int> request_fd = descriptor_named("PLUMBLINE_REQUEST_FD");
  const std::optional<int> response_fd = descriptor_named("PLUMBLINE_RESPONSE_FD");
  if (!request_fd || !response_fd) {
    std::fprintf(
        stderr,
        "This is a worker of Plumbline. `plumbline run` starts it, with two open descriptors whose "
        "numbers are in PLUMBLINE_REQUEST_FD and PLUMBLINE_RESPONSE_FD.\n");
    return static_cast<int>(ExitCode::Usage);
  }
  return converse(adapter, *request_fd, *response_fd);
}

}  // namespace plumbline
