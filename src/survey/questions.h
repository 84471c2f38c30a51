#pragma once

#include <span>
#include <string>
#include <string_view>

namespace plumbline {

// What the survey asks, in the order of its tables (docs/survey.md). No answer is stored anywhere:
// each comes from a probe, a module of survey/plumbline_survey/probes.
struct SurveyQuestion {
  std::string_view aspect;  // "Mistakes"
  std::string_view name;    // "nan_input"
  std::string_view title;   // "NaN in the images"
  std::string_view probe;   // "mistakes/nan_input"
};

// A process that answers one or several questions. `name` is the module, or "module/argument".
struct SurveyProbe {
  std::string_view name;
  double deadline_seconds = 0;
  [[nodiscard]] std::string module() const;
  [[nodiscard]] std::string argument() const;  // empty: none
};

[[nodiscard]] std::span<const SurveyQuestion> survey_questions();
[[nodiscard]] std::span<const SurveyProbe> survey_probes();

}  // namespace plumbline
