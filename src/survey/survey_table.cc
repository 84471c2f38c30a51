#include "survey/survey_table.h"

#include <algorithm>

#include "store/survey_file.h"
#include "survey/questions.h"
#include "survey/survey_writers.h"

namespace plumbline {

namespace {

constexpr const char* kNotAsked = "It was not asked; 'plumbline survey' asks.";

std::optional<std::size_t> place_of(const std::vector<SurveyEvidence>& evidence,
                                    const std::string& stack,
                                    std::string_view probe) {
  const auto found = std::find_if(evidence.begin(), evidence.end(), [&](const SurveyEvidence& one) {
    return one.stack == stack && one.probe == probe;
  });
  if (found == evidence.end()) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - evidence.begin());
}

SurveyTableCell cell_of(const SurveyEvidence& evidence, std::string_view question) {
  for (const SurveyCell& cell : evidence.cells) {
    if (cell.question == question) {
      return {cell.text, cell.reason, cell.value, std::nullopt};
    }
  }
  return {"", evidence.reason.empty() ? kNotAsked : evidence.reason, "null", std::nullopt};
}

}  // namespace

SurveyTable survey_table(std::vector<SurveyEvidence> evidence,
                         const std::vector<std::string>& stacks,
                         const std::map<std::string, std::string>& reasons) {
  SurveyTable table{stacks, {}, std::move(evidence)};
  for (const SurveyQuestion& question : survey_questions()) {
    SurveyTableRow row{
        std::string(question.aspect), std::string(question.name), std::string(question.title), {}};
    for (const std::string& stack : stacks) {
      const auto place = place_of(table.evidence, stack, question.probe);
      SurveyTableCell cell{"", kNotAsked, "null", std::nullopt};
      if (place) {
        cell = cell_of(table.evidence[*place], question.name);
        cell.evidence = place;
      } else if (const auto reason = reasons.find(stack); reason != reasons.end()) {
        cell.reason = reason->second;
      }
      row.cells.push_back(std::move(cell));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

SurveyTable survey_table(const std::filesystem::path& results) {
  std::vector<SurveyEvidence> evidence = read_survey(results);
  std::vector<std::string> stacks;
  for (const SurveyEvidence& one : evidence) {
    if (std::find(stacks.begin(), stacks.end(), one.stack) == stacks.end()) {
      stacks.push_back(one.stack);
    }
  }
  return stacks.empty() ? SurveyTable{} : survey_table(std::move(evidence), stacks);
}

void print_survey(const SurveyTable& table, SurveyFormat format, std::ostream& out) {
  switch (format) {
    case SurveyFormat::Text:
      print_survey_text(table, out);
      return;
    case SurveyFormat::Markdown:
      print_survey_markdown(table, out);
      return;
    case SurveyFormat::Csv:
      print_survey_csv(table, out);
      return;
    case SurveyFormat::Json:
      print_survey_json(table, out);
      return;
  }
}

}  // namespace plumbline
