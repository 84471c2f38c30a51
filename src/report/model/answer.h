#pragma once

#include <string>
#include <vector>

#include "report/model/study_report.h"

namespace plumbline {

// The study's answer: for each data set a sentence about accuracy and one about time, read off the
// verdicts. What is undecided is called so, with what would have been seen and what it would take.
[[nodiscard]] std::vector<std::string> answer_of(const StudyReport& report);

// What limits it: trials that did not train, a busy machine, workers that could reach a network.
[[nodiscard]] std::vector<std::string> limits_of(const StudyReport& report);

}  // namespace plumbline
