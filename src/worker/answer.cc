#include "worker/answer.h"

#include <algorithm>
#include <utility>

#include "worker/worker_text.h"

namespace plumbline {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxReasonBytes = 4096;
constexpr std::size_t kMaxDetailBytes = 65536;

[[noreturn]] void throw_protocol_error(const std::string& sentence) {
  throw TrialEnded{Outcome::ProtocolError, sentence, ""};
}

std::int64_t whole_number(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_number_integer()) {
    throw_protocol_error(std::string("The worker's progress has no whole number '") + member +
                         "'.");
  }
  return found->get<std::int64_t>();
}

Progress read_progress(const json& progress, const std::string& name) {
  if (name != "train") {
    throw_protocol_error("The worker sent progress during '" + name +
                         "'; only 'train' may have progress.");
  }
  if (!progress.is_object() || !progress.contains("loss")) {
    throw_protocol_error("The worker's progress is not an object with step, steps and loss.");
  }
  Progress read{whole_number(progress, "step"),
                whole_number(progress, "steps"),
                number_from_wire(progress["loss"], "loss in its progress")};
  if (read.step < 0 || read.step > read.steps) {
    throw_protocol_error("The worker's progress says step " + std::to_string(read.step) + " of " +
                         std::to_string(read.steps) + ".");
  }
  return read;
}

std::string text_member(const json& message, const char* member) {
  const auto found = message.find(member);
  return found != message.end() && found->is_string() ? found->get<std::string>() : "";
}

// A sentence for tables and progress lines; what needs lines is the detail's.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

Refusal read_refusal(const json& message, const std::string& status, const std::string& name) {
  const std::string reason = text_member(message, "reason");
  if (reason.empty()) {
    throw_protocol_error("The worker answered '" + name + "' with status '" + status +
                         "' but gave no reason.");
  }
  return {status == "error" ? Outcome::Failed : Outcome::Unsupported,
          one_line(clean_text(reason, kMaxReasonBytes, Keep::Start)),
          clean_text(text_member(message, "detail"), kMaxDetailBytes, Keep::End)};
}

}  // namespace

Answer read_answer(json message, std::int64_t id, const std::string& name) {
  const auto found = message.find("id");
  if (found == message.end() || *found != id) {
    throw_protocol_error("The worker's answer to '" + name +
                         "' is not for this request: its id is not " + std::to_string(id) + ".");
  }
  if (message.contains("progress")) {
    return read_progress(message["progress"], name);
  }
  const std::string status = text_member(message, "status");
  if (status == "unsupported" || status == "error") {
    return read_refusal(message, status, name);
  }
  if (status != "ok") {
    throw_protocol_error("The worker's answer to '" + name +
                         "' has no status 'ok', 'unsupported' or 'error'.");
  }
  const auto result = message.find("result");
  if (result == message.end() || !result->is_object()) {
    throw_protocol_error("The worker's answer to '" + name + "' has no object 'result'.");
  }
  return Result{std::move(*result)};
}

}  // namespace plumbline
