#include "survey/probe_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline {
namespace {

using testing::HasSubstr;

const SurveyProbe kProbe{"mistakes/nan_input", 60};

SurveyEvidence read(const std::string& standard_output, const std::string& standard_error = "") {
  SurveyEvidence evidence;
  evidence.exit_status = 1;
  evidence.script = "the probe's own text";
  evidence.versions = "{}";
  read_answer({standard_output, standard_error}, kProbe, evidence);
  return evidence;
}

TEST(ProbeAnswer, IsTheLastLineOfStandardOutput) {
  const SurveyEvidence evidence = read(
      "Using Theano backend.\n"
      R"({"plumbline_probe": 1, "versions": {"Theano": "1.0.5"},)"
      R"( "cells": {"nan_input": {"value": {"outcome": "trains"}, "text": "trains silently"}}})"
      "\n\n",
      "a warning\n");
  EXPECT_EQ(evidence.reason, "");
  EXPECT_EQ(evidence.versions, R"({"Theano":"1.0.5"})");
  EXPECT_EQ(evidence.output, "Using Theano backend.\na warning\n");
  EXPECT_EQ(evidence.script, "the probe's own text");
  EXPECT_EQ(evidence.exit_status, 1);
  ASSERT_EQ(evidence.cells.size(), 1u);
  EXPECT_EQ(evidence.cells.front().text, "trains silently");
  EXPECT_EQ(evidence.cells.front().value, R"({"outcome":"trains"})");
  EXPECT_EQ(evidence.cells.front().reason, "");
}

TEST(ProbeAnswer, BringsAProgramOfItsOwnAsEvidence) {
  const SurveyEvidence evidence =
      read(R"({"plumbline_probe": 1, "cells": {}, "script": "import torch", "output": "boom",)"
           R"( "exit_status": null})");
  EXPECT_EQ(evidence.script, "import torch");
  EXPECT_EQ(evidence.output, "boom");
  EXPECT_FALSE(evidence.exit_status) << "null says that the program was killed";
}

TEST(ProbeAnswer, GivesAReasonForAQuestionThatItLeavesOut) {
  const SurveyEvidence evidence =
      read(R"({"plumbline_probe": 1, "cells": {"another": {"text": "1"}}})");
  ASSERT_EQ(evidence.cells.size(), 1u);
  EXPECT_EQ(evidence.cells.front().question, "nan_input");
  EXPECT_EQ(evidence.cells.front().text, "");
  EXPECT_EQ(evidence.cells.front().value, "null");
  EXPECT_THAT(evidence.cells.front().reason, HasSubstr("did not answer"));
}

TEST(ProbeAnswer, KeepsTheReasonForAnEmptyCell) {
  const SurveyEvidence evidence =
      read(R"({"plumbline_probe": 1, "cells": {"nan_input": {"value": null, "text": "",)"
           R"( "reason": "There is no program."}}})");
  EXPECT_EQ(evidence.cells.front().reason, "There is no program.");
}

class NoAnswer : public testing::TestWithParam<const char*> {};

TEST_P(NoAnswer, GivesTheEvidenceAReasonAndNoCells) {
  const SurveyEvidence evidence = read(GetParam(), "Traceback\nKeyError: 'x'\n");
  EXPECT_TRUE(evidence.cells.empty());
  EXPECT_EQ(evidence.reason, "The probe ended without an answer. Its last line: KeyError: 'x'");
  EXPECT_EQ(evidence.output, std::string(GetParam()) + "Traceback\nKeyError: 'x'\n");
}

INSTANTIATE_TEST_SUITE_P(Texts,
                         NoAnswer,
                         testing::Values("",
                                         "\n\n",
                                         "no JSON",
                                         "[1]",
                                         "{}",
                                         R"({"plumbline_probe": 2, "cells": {}})",
                                         R"({"plumbline_probe": 1})",
                                         R"({"plumbline_probe": 1, "cells": []})",
                                         "{\"plumbline_probe\": 1, \"cells\": {\"\xff\": 1}}"));

TEST(ProbeAnswer, OfAWrongFormIsAReasonToo) {
  for (const char* const cell : {"1", "[]", R"({"text": 5})", "{}"}) {
    const SurveyEvidence evidence =
        read(std::string(R"({"plumbline_probe": 1, "cells": {"nan_input": )") + cell + "}}");
    ASSERT_EQ(evidence.cells.size(), 1u) << cell;
    EXPECT_NE(evidence.cells.front().reason, "") << cell;
  }
}

TEST(ProbeAnswer, OfAKilledProbeKeepsTheReasonOfItsEnd) {
  SurveyEvidence evidence;
  evidence.reason = "It was not done within 60 s and was killed.";
  read_answer({"half a line", ""}, kProbe, evidence);
  EXPECT_EQ(evidence.reason, "It was not done within 60 s and was killed.");
}

TEST(ProbeAnswer, KeepsTheStartAndTheEndOfALongOutput) {
  const std::string long_text(200'000, 'x');
  const SurveyEvidence evidence = read("start" + long_text, long_text + "end");
  EXPECT_LT(evidence.output.size(), 70'000u);
  EXPECT_TRUE(evidence.output.starts_with("start"));
  EXPECT_TRUE(evidence.output.ends_with("end"));
}

}  // namespace
}  // namespace plumbline
