#include "survey/probe_answer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace plumbline {

namespace {

using Json = nlohmann::json;

constexpr int kAnswerVersion = 1;
constexpr std::size_t kMaxOutputBytes = std::size_t{64} << 10;

// The last line that is not empty, and what comes before it.
std::pair<std::string, std::string> split_last_line(std::string text) {
  text.erase(text.find_last_not_of(" \r\n") + 1);
  const std::size_t at = text.rfind('\n');
  if (at == std::string::npos) {
    return {"", text};
  }
  return {text.substr(0, at + 1), text.substr(at + 1)};
}

// The start and the end of a long text.
std::string bounded(const std::string& text) {
  if (text.size() <= kMaxOutputBytes) {
    return text;
  }
  return text.substr(0, kMaxOutputBytes / 2) + "\n[...]\n" +
         text.substr(text.size() - kMaxOutputBytes / 2);
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// A line of an error that says most: Python's last.
std::string last_line(const std::string& text) {
  return split_last_line(text).second;
}

SurveyCell cell_of(const std::string& question, const Json& cells) {
  SurveyCell cell{question, "null", "", ""};
  const auto found = cells.find(question);
  if (found == cells.end() || !found->is_object()) {
    cell.reason = "The probe did not answer this question.";
    return cell;
  }
  cell.reason = text_of(*found, "reason");
  cell.text = text_of(*found, "text");
  if (const auto value = found->find("value"); value != found->end()) {
    cell.value = value->dump();
  }
  if (cell.text.empty() && cell.reason.empty()) {
    cell.reason = "The probe gave no text for this question.";
  }
  return cell;
}

void take_evidence(const Json& answer, SurveyEvidence& evidence) {
  const std::string script = text_of(answer, "script");
  if (script.empty()) {
    return;
  }
  evidence.script = script;
  evidence.output = text_of(answer, "output");
  const auto status = answer.find("exit_status");
  evidence.exit_status.reset();
  if (status != answer.end() && status->is_number_integer()) {
    evidence.exit_status = status->get<int>();
  }
}

bool is_answer(const Json& document) {
  return document.is_object() && document.value("plumbline_probe", Json()) == kAnswerVersion &&
         document.contains("cells") && document["cells"].is_object();
}

}  // namespace

void read_answer(const ProbeOutput& output, const SurveyProbe& probe, SurveyEvidence& evidence) {
  const auto [before, line] = split_last_line(output.standard_output);
  const Json answer = Json::parse(line, nullptr, false);
  if (!is_answer(answer)) {
    evidence.output = bounded(output.standard_output + output.standard_error);
    if (evidence.reason.empty()) {
      evidence.reason = "The probe ended without an answer.";
    }
    if (const std::string said = last_line(output.standard_error); !said.empty()) {
      evidence.reason += fmt::format(" Its last line: {}", valid_utf8(said));
    }
    return;
  }
  evidence.output = bounded(before + output.standard_error);
  take_evidence(answer, evidence);
  evidence.versions = answer.value("versions", Json::object()).dump();
  for (const SurveyQuestion& question : survey_questions()) {
    if (question.probe == probe.name) {
      evidence.cells.push_back(cell_of(std::string(question.name), answer["cells"]));
    }
  }
}

}  // namespace plumbline
