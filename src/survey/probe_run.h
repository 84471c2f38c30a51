#pragma once

#include <filesystem>
#include <string>

#include "stack/environment.h"
#include "store/survey_record.h"
#include "study/study.h"
#include "survey/questions.h"

namespace plumbline {

// Everything that determines what a probe tells of a stack.
struct ProbeInputs {
  const SurveyProbe& probe;
  const StackManifest& stack;
  const Environment& environment;
  const Study& study;               // written out for the questions on ease of use
  std::filesystem::path community;  // the file of dated numbers
  int threads = 1;
};

// SHA-256 over the probe's sources, the stack's packages, the study, the machine's processor.
[[nodiscard]] std::string probe_key(const ProbeInputs& inputs);

// Runs the probe in the stack's own environment, in a process without network that has a deadline
// and a limit of memory. Whatever it does becomes evidence; only an interrupt by the user and a
// failure of Plumbline itself throw.
[[nodiscard]] SurveyEvidence run_probe(const ProbeInputs& inputs);

}  // namespace plumbline
