#include <nlohmann/json.hpp>

#include "survey/survey_writers.h"

namespace plumbline {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kDocumentVersion = 1;

// RFC 4180: a field with a comma, a quote or a line end stands in quotes, its quotes doubled.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char letter : text) {
    quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  }
  return quoted + "\"";
}

void print_line(const std::vector<std::string>& fields, std::ostream& out) {
  for (std::size_t place = 0; place < fields.size(); ++place) {
    out << (place == 0 ? "" : ",") << field(fields[place]);
  }
  out << "\r\n";
}

Json parsed(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
  return value.is_discarded() ? Json(nullptr) : value;
}

Json evidence_json(const SurveyEvidence& evidence, std::size_t number) {
  return {{"evidence", number},
          {"stack", evidence.stack},
          {"probe", evidence.probe},
          {"command", evidence.command},
          {"script", evidence.script},
          {"output", evidence.output},
          {"exit_status", evidence.exit_status ? Json(*evidence.exit_status) : Json(nullptr)},
          {"reason", evidence.reason},
          {"versions", parsed(evidence.versions)},
          {"network_isolated", evidence.network_isolated},
          {"wall_seconds", evidence.wall_seconds},
          {"measured_at", evidence.measured_at}};
}

Json row_json(const SurveyTable& table, const SurveyTableRow& row) {
  Json cells = Json::array();
  for (std::size_t stack = 0; stack < table.stacks.size(); ++stack) {
    const SurveyTableCell& cell = row.cells[stack];
    cells.push_back({{"stack", table.stacks[stack]},
                     {"text", cell.text},
                     {"value", parsed(cell.value)},
                     {"reason", cell.reason},
                     {"evidence", cell.evidence ? Json(*cell.evidence + 1) : Json(nullptr)}});
  }
  return {{"aspect", row.aspect},
          {"question", row.question},
          {"title", row.title},
          {"cells", std::move(cells)}};
}

}  // namespace

void print_survey_csv(const SurveyTable& table, std::ostream& out) {
  print_line({"aspect",
              "question",
              "title",
              "stack",
              "text",
              "value",
              "reason",
              "exit_status",
              "versions",
              "measured_at"},
             out);
  for (const SurveyTableRow& row : table.rows) {
    for (std::size_t stack = 0; stack < table.stacks.size(); ++stack) {
      const SurveyTableCell& cell = row.cells[stack];
      const SurveyEvidence none;
      const SurveyEvidence& evidence = cell.evidence ? table.evidence[*cell.evidence] : none;
      print_line({row.aspect,
                  row.question,
                  row.title,
                  table.stacks[stack],
                  cell.text,
                  cell.value,
                  cell.reason,
                  evidence.exit_status ? std::to_string(*evidence.exit_status) : "",
                  evidence.versions,
                  evidence.measured_at},
                 out);
    }
  }
}

void print_survey_json(const SurveyTable& table, std::ostream& out) {
  Json questions = Json::array();
  for (const SurveyTableRow& row : table.rows) {
    questions.push_back(row_json(table, row));
  }
  Json evidence = Json::array();
  for (std::size_t place = 0; place < table.evidence.size(); ++place) {
    evidence.push_back(evidence_json(table.evidence[place], place + 1));
  }
  out << Json{{"plumbline_survey", kDocumentVersion},
              {"stacks", table.stacks},
              {"questions", std::move(questions)},
              {"evidence", std::move(evidence)}}
             .dump(2)
      << '\n';
}

}  // namespace plumbline
