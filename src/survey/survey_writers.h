#pragma once

#include <ostream>

#include "survey/survey_table.h"

namespace plumbline {

// The four forms of SurveyFormat.
void print_survey_text(const SurveyTable& table, std::ostream& out);
void print_survey_markdown(const SurveyTable& table, std::ostream& out);
void print_survey_csv(const SurveyTable& table, std::ostream& out);
void print_survey_json(const SurveyTable& table, std::ostream& out);

}  // namespace plumbline
