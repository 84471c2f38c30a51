#include "worker/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "worker/worker_text.h"

namespace plumbline {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(ReadAnswer, ReadsWhatTheProtocolHas) {
  const Answer result =
      read_answer({{"id", 3}, {"status", "ok"}, {"result", {{"steps", 7}}}}, 3, "train");
  EXPECT_EQ(std::get<Result>(result).members, json({{"steps", 7}}));

  const Answer progress = read_answer(
      {{"id", 3}, {"progress", {{"step", 40}, {"steps", 120}, {"loss", "nan"}}}}, 3, "train");
  EXPECT_EQ(std::get<Progress>(progress).step, 40);
  EXPECT_EQ(std::get<Progress>(progress).steps, 120);
  EXPECT_TRUE(std::isnan(std::get<Progress>(progress).loss));

  const Answer refusal =
      read_answer({{"id", 3}, {"status", "unsupported"}, {"reason", "No gelu."}}, 3, "build");
  EXPECT_EQ(std::get<Refusal>(refusal).outcome, Outcome::Unsupported);
  EXPECT_EQ(std::get<Refusal>(refusal).reason, "No gelu.");

  const Answer failure = read_answer(
      {{"id", 3}, {"status", "error"}, {"reason", "ValueError"}, {"detail", "Traceback\n\x1b[31m"}},
      3,
      "build");
  EXPECT_EQ(std::get<Refusal>(failure).outcome, Outcome::Failed);
  EXPECT_EQ(std::get<Refusal>(failure).detail, "Traceback\n [31m");
}

TEST(ReadAnswer, RefusesAllElse) {
  const auto progress = [](const json& members) { return json{{"id", 3}, {"progress", members}}; };
  const struct {
    json message;
    const char* sentence;
  } cases[] = {
      {json::object(), "its id is not 3"},
      {{{"id", 4}, {"status", "ok"}, {"result", json::object()}}, "its id is not 3"},
      {{{"id", "3"}, {"status", "ok"}, {"result", json::object()}}, "its id is not 3"},
      {{{"id", 3}}, "has no status"},
      {{{"id", 3}, {"status", 0}}, "has no status"},
      {{{"id", 3}, {"status", "OK"}, {"result", json::object()}}, "has no status"},
      {{{"id", 3}, {"status", "ok"}}, "no object 'result'"},
      {{{"id", 3}, {"status", "ok"}, {"result", json::array()}}, "no object 'result'"},
      {{{"id", 3}, {"status", "error"}}, "gave no reason"},
      {{{"id", 3}, {"status", "unsupported"}, {"reason", ""}}, "gave no reason"},
      {{{"id", 3}, {"status", "unsupported"}, {"reason", 7}}, "gave no reason"},
      {progress(7), "not an object with step, steps and loss"},
      {progress({{"step", 1}, {"steps", 2}}), "not an object with step, steps and loss"},
      {progress({{"steps", 2}, {"loss", 1.0}}), "no whole number 'step'"},
      {progress({{"step", 1.5}, {"steps", 2}, {"loss", 1.0}}), "no whole number 'step'"},
      {progress({{"step", 3}, {"steps", 2}, {"loss", 1.0}}), "step 3 of 2"},
      {progress({{"step", -1}, {"steps", 2}, {"loss", 1.0}}), "step -1 of 2"},
      {progress({{"step", 1}, {"steps", 2}, {"loss", "NaN"}}),
       "'s loss in its progress is not a number"},
  };
  for (const auto& [message, sentence] : cases) {
    try {
      static_cast<void>(read_answer(message, 3, "train"));
      ADD_FAILURE() << message;
    } catch (const TrialEnded& ended) {
      EXPECT_EQ(ended.outcome, Outcome::ProtocolError) << message;
      EXPECT_THAT(ended.reason, HasSubstr(sentence)) << message;
    }
  }
}

TEST(ReadAnswer, HasProgressOnlyDuringTrain) {
  const json progress = {{"id", 3}, {"progress", {{"step", 1}, {"steps", 2}, {"loss", 1.0}}}};
  EXPECT_THROW(static_cast<void>(read_answer(progress, 3, "build")), TrialEnded);
}

TEST(NumberFromWire, ReadsWhatJsonHasNoNumberFor) {
  EXPECT_EQ(number_from_wire(2, "loss"), 2.0);
  EXPECT_EQ(number_from_wire(0.25, "loss"), 0.25);
  EXPECT_TRUE(std::isnan(number_from_wire("nan", "loss")));
  EXPECT_EQ(number_from_wire("inf", "loss"), INFINITY);
  EXPECT_EQ(number_from_wire("-inf", "loss"), -INFINITY);
  for (const json& value : {json("Infinity"), json(nullptr), json(true), json::array()}) {
    EXPECT_THROW(static_cast<void>(number_from_wire(value, "loss")), TrialEnded) << value;
  }
}

TEST(OutcomeName, IsInSnakeCase) {
  EXPECT_STREQ(outcome_name(Outcome::Trained), "trained");
  EXPECT_STREQ(outcome_name(Outcome::OutOfMemory), "out_of_memory");
  EXPECT_STREQ(outcome_name(Outcome::Interrupted), "interrupted");
}

TEST(CleanText, KeepsAnEndOfWhatIsTooLongWithoutHalvesOfCharacters) {
  EXPECT_EQ(clean_text("abcdef", 6, Keep::Start), "abcdef");
  EXPECT_EQ(clean_text("abcdef", 4, Keep::Start), "abcd...");
  EXPECT_EQ(clean_text("abcdef", 4, Keep::End), "...cdef");
  EXPECT_EQ(clean_text("a\u00e9\u00e9z", 4, Keep::Start), "a\u00e9...");  // two bytes each
  EXPECT_EQ(clean_text("a\u00e9\u00e9z", 4, Keep::End), "...\u00e9z");
  EXPECT_EQ(clean_text("a\xff\r\nb\x07", 10, Keep::End), "a\ufffd\nb ");
}

TEST(LastLine, IsTheLastThatSaysSomething) {
  EXPECT_EQ(last_line("one\n  two \n\n \n"), "two");
  EXPECT_EQ(last_line("one"), "one");
  EXPECT_EQ(last_line(" \n"), "");
  EXPECT_EQ(last_line(""), "");
}

}  // namespace
}  // namespace plumbline
