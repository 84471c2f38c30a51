#include "parity/judgement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace plumbline::parity {
namespace {

using reference::Bounded;

struct Case {
  const char* name;
  std::vector<Bounded> expected;
  std::vector<float> found;
  std::vector<double> signal;
  double cloud_rho;
  Verdict verdict;
};

const double kNaN = std::nan("");

TEST(Judgement, NeedsBothTheBudgetAndTheCloudToCondemn) {
  const Case cases[] = {
      {"equal", {{1, 1e-6}, {2, 1e-6}}, {1, 2}, {1, 2}, 0, Verdict::Exact},
      {"within the budget", {{1, 1e-6}, {2, 1e-6}}, {1.0000005F, 2}, {1, 2}, 0, Verdict::Rounding},
      {"beyond the budget alone", {{1, 1e-6}}, {1.00001F}, {1}, 20, Verdict::Rounding},
      {"beyond the cloud a little", {{1, 1e-6}}, {1.00001F}, {1}, 5, Verdict::Suspect},
      {"beyond both", {{1, 1e-6}}, {1.00001F}, {1}, 2, Verdict::Fail},
      {"one element of many",
       {{1, 1e-6}, {1, 1e-6}, {1, 1e-6}},
       {1, 1.1F, 1},
       {1, 1, 1},
       1,
       Verdict::Fail},
      {"nothing moved", {{1, 1e-6}}, {1}, {0}, 0, Verdict::Vacuous},
      {"the budget is as large as the signal", {{1, 0.5}}, {1.2F}, {1}, 0, Verdict::Vacuous},
      {"not a number", {{1, 1e-6}}, {std::nanf("")}, {1}, 1, Verdict::Fail},
      {"not a number where nothing is known",
       {{1, INFINITY}},
       {std::nanf("")},
       {1},
       1,
       Verdict::Fail},
      {"nothing is known", {{1, INFINITY}}, {7}, {1}, 1, Verdict::Vacuous},
      {"no budget, and different", {{0, 0}}, {1e-30F}, {1}, 1, Verdict::Fail},
      {"the oracle diverged", {{kNaN, kNaN}}, {1}, {1}, 1, Verdict::Fail},
  };
  for (const Case& c : cases) {
    const Judgement judgement =
        judge("tensor", c.expected, c.found, c.signal, [&] { return c.cloud_rho; });
    EXPECT_EQ(verdict_name(judgement.verdict), std::string(verdict_name(c.verdict))) << c.name;
    EXPECT_EQ(judgement.holds(), c.verdict != Verdict::Fail) << c.name;
  }
}

TEST(Judgement, AsksTheCloudOnlyOnSuspicion) {
  int asked = 0;
  const auto cloud = [&] {
    ++asked;
    return 0.0;
  };
  const std::vector<Bounded> expected = {{1, 1e-6}};
  const std::vector<double> signal = {1};
  const std::vector<float> near = {1};
  const std::vector<float> far = {2};
  (void)judge("tensor", expected, near, signal, cloud);
  EXPECT_EQ(asked, 0);
  (void)judge("tensor", expected, far, signal, cloud);
  EXPECT_EQ(asked, 1);
}

TEST(Judgement, ReportsTheWorstRatioTheRelativeErrorAndTheResolution) {
  const std::vector<Bounded> expected = {{3, 0.01}, {4, 0.001}};
  const std::vector<float> found = {3.005F, 4};
  const std::vector<double> signal = {3, 4};
  const Judgement judgement = judge("tensor", expected, found, signal, [] { return 0.0; });
  EXPECT_NEAR(judgement.rho, 0.5, 1e-4);  // 3.005 is not a float32 number
  EXPECT_NEAR(judgement.relative_error, 0.001, 1e-6);
  EXPECT_NEAR(judgement.resolution, std::sqrt((300.0 * 300 + 1000.0 * 1000) / 2), 1e-9);
}

}  // namespace
}  // namespace plumbline::parity
