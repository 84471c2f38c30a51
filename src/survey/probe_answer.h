#pragma once

#include <string>

#include "store/survey_record.h"
#include "survey/questions.h"

namespace plumbline {

// What a probe printed.
struct ProbeOutput {
  std::string standard_output;
  std::string standard_error;
};

// Fills the evidence from what its probe printed: the last line of standard output is its answer
// (docs/survey.md), the rest is output. Any text is safe: without an answer the evidence gets a
// reason, if it has none yet, and no cells; a question that is left out, or answered in another
// form than the document's, gets a cell with a reason.
void read_answer(const ProbeOutput& output, const SurveyProbe& probe, SurveyEvidence& evidence);

}  // namespace plumbline
