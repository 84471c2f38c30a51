#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "study/study.h"

namespace plumbline {

inline const std::string kWholeHead =
    "question = \"Does it work?\"\n"
    "data = [\"mnist\"]\n"
    "seeds = 2\n"
    "stacks = [\"native\", \"pytorch\"]\n";
inline const std::string kWholeRecipe =
    "loss = \"softmax_cross_entropy\"\n"
    "optimizer = \"sgd\"\n"
    "batch = 50\n"
    "steps = 10\n";

// A whole study of which a test replaces one part. [network] is its line 5 and [recipe] its
// line 11.
struct StudyText {
  std::string head = kWholeHead;
  std::string input = "input = [28, 28, 1]\n";
  std::string layers =
      "layers = [\n"
      "  { flatten = true },\n"
      "  { dense = 10 },\n"
      "]\n";
  std::string recipe = kWholeRecipe;
  std::string tail;

  [[nodiscard]] std::string whole() const {
    return head + "[network]\n" + input + layers + "[recipe]\n" + recipe + tail;
  }
};

inline constexpr const char* kStudyPath = "/studies/a.toml";

inline Study parsed(const std::string& text, const Vocabulary& known = {}) {
  return parse_study(text, kStudyPath, known);
}

// What the parser says to a wrong study; the empty string if it takes it.
inline std::string complaint(const std::string& text, const Vocabulary& known = {}) {
  try {
    static_cast<void>(parsed(text, known));
    return {};
  } catch (const UsageError& error) {
    return error.what();
  }
}

struct WrongPart {
  std::string text;
  std::string expected;  // without the name of the file
};

// Replaces a part of the study by `before` and each text in turn.
inline void expect_complaints(std::string StudyText::* part,
                              const std::vector<WrongPart>& wrong_parts,
                              const std::string& before = "") {
  for (const WrongPart& wrong : wrong_parts) {
    StudyText text;
    text.*part = before + wrong.text;
    EXPECT_EQ(complaint(text.whole()), kStudyPath + wrong.expected) << wrong.text;
  }
}

}  // namespace plumbline
