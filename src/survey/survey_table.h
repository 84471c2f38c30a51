#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "store/survey_record.h"

namespace plumbline {

// An answer, or a reason why there is none; and the evidence behind either, by its place in
// SurveyTable::evidence. A stack that is missing here has no evidence.
struct SurveyTableCell {
  std::string text;
  std::string reason;
  std::string value = "null";  // JSON
  std::optional<std::size_t> evidence;
};

struct SurveyTableRow {
  std::string aspect;
  std::string question;
  std::string title;
  std::vector<SurveyTableCell> cells;  // one a stack
};

// The survey as it is shown: a row a question, a column a stack. A plain value.
struct SurveyTable {
  std::vector<std::string> stacks;
  std::vector<SurveyTableRow> rows;  // rows of an aspect stand together
  std::vector<SurveyEvidence> evidence;
};

// `reasons` says of stacks without evidence why there is none.
[[nodiscard]] SurveyTable survey_table(std::vector<SurveyEvidence> evidence,
                                       const std::vector<std::string>& stacks,
                                       const std::map<std::string, std::string>& reasons = {});

// The survey that a results file holds, of all stacks that it knows; no rows where it has none.
[[nodiscard]] SurveyTable survey_table(const std::filesystem::path& results);

enum class SurveyFormat { Text, Markdown, Csv, Json };

// Text and CSV show the table; Markdown links each cell to its evidence, which follows; JSON has
// everything (docs/survey.md).
void print_survey(const SurveyTable& table, SurveyFormat format, std::ostream& out);

}  // namespace plumbline
