// What SciPy and statsmodels answer to the same questions, recorded in reference_cases.json by
// reference_cases.py, which names their versions.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "stats/count/examples.h"
#include "stats/count/fisher.h"
#include "stats/count/mcnemar.h"
#include "stats/count/proportion.h"
#include "stats/error_ratio.h"
#include "stats/holm.h"
#include "stats/mean/anova.h"
#include "stats/mean/effect_size.h"
#include "stats/mean/equivalence.h"
#include "stats/mean/max_t.h"
#include "stats/mean/mean_estimate.h"
#include "stats/mean/mixture_t.h"
#include "stats/mean/power.h"
#include "stats/mean/two_way.h"
#include "stats/rank/hodges_lehmann.h"
#include "stats/rank/sign_flip.h"
#include "stats/rank/signed_rank.h"
#include "stats/sample.h"

namespace plumbline {
namespace {

using Json = nlohmann::json;
using Values = std::vector<double>;

constexpr double kTolerance = 1e-10;

const Json& recorded(const char* name) {
  static const Json kDocument = [] {
    std::ifstream file(PLUMBLINE_SOURCE_DIR "/tests/stats/reference_cases.json");
    return Json::parse(file);
  }();
  const Json& cases = kDocument.at(name);
  EXPECT_FALSE(cases.empty());
  return cases;
}

TEST(Reference, PairedTAndItsIntervalAgreeWithScipy) {
  for (const Json& expected : recorded("paired")) {
    const auto estimate =
        paired_estimate(expected["first"].get<Values>(), expected["second"].get<Values>());
    EXPECT_NEAR(*t_test_p(*estimate), expected["p"], kTolerance);
    EXPECT_NEAR(t_interval(*estimate, 0.95).low, expected["low"], kTolerance);
    EXPECT_NEAR(t_interval(*estimate, 0.95).high, expected["high"], kTolerance);
  }
}

TEST(Reference, TwoOneSidedTestsAgreeWithStatsmodels) {
  for (const Json& expected : recorded("paired")) {
    const double margin = expected["margin"];
    const auto test = test_equivalence(
        *paired_estimate(expected["first"].get<Values>(), expected["second"].get<Values>()),
        {-margin, margin, 0});
    EXPECT_NEAR(test->p, expected["p_tost"], kTolerance);
    EXPECT_NEAR(test->p_above, expected["p_above"], kTolerance);
    EXPECT_NEAR(test->p_below, expected["p_below"], kTolerance);
  }
}

TEST(Reference, EffectSizesAgreeWithScipy) {
  for (const Json& expected : recorded("paired")) {
    const Values first = expected["first"];
    const Values second = expected["second"];
    EXPECT_NEAR(*hedges_g(summarise(differences(first, second))), expected["hedges_g"], kTolerance);
    EXPECT_NEAR(*correlation(first, second), expected["correlation"], kTolerance);
  }
}

TEST(Reference, WelchAgreesWithScipy) {
  for (const Json& expected : recorded("welch")) {
    const auto estimate =
        welch_estimate(expected["first"].get<Values>(), expected["second"].get<Values>());
    EXPECT_NEAR(*t_test_p(*estimate), expected["p"], kTolerance);
    EXPECT_NEAR(estimate->df, expected["df"], kTolerance * estimate->df);
    EXPECT_NEAR(t_interval(*estimate, 0.9).low, expected["low"], kTolerance);
    EXPECT_NEAR(t_interval(*estimate, 0.9).high, expected["high"], kTolerance);
  }
}

TEST(Reference, SignFlipsAgreeWithScipysExactPermutationTest) {
  for (const Json& expected : recorded("sign_flip")) {
    EXPECT_NEAR(*sign_flip_p(expected["values"].get<Values>()), expected["p"], kTolerance);
  }
}

TEST(Reference, SignedRanksAgreeWithScipyAndWithAllSignsOfTiedRanks) {
  for (const Json& expected : recorded("signed_rank")) {
    EXPECT_NEAR(*signed_rank_p(expected["values"].get<Values>()), expected["p"], kTolerance);
  }
}

TEST(Reference, HodgesLehmannAgreesWithAllMeansOfTwo) {
  for (const Json& expected : recorded("middle")) {
    const auto middle =
        hodges_lehmann(expected["values"].get<Values>(), expected["confidence"].get<double>());
    EXPECT_NEAR(middle->estimate, expected["estimate"], kTolerance);
    ASSERT_EQ(middle->interval.has_value(), expected.contains("low"));
    if (middle->interval) {
      EXPECT_NEAR(middle->interval->low, expected["low"], kTolerance);
      EXPECT_NEAR(middle->interval->high, expected["high"], kTolerance);
    }
  }
}

TEST(Reference, TwoWayLayoutAgreesWithLeastSquaresOfStatsmodels) {
  for (const Json& expected : recorded("two_way")) {
    const auto fit =
        fit_two_way({expected["treatments"], expected["blocks"], expected["values"].get<Values>()});
    const MeanEstimate estimate = pooled_estimate(*fit, 0, 1);
    EXPECT_NEAR(fit->residual_sd, expected["residual_sd"], kTolerance);
    EXPECT_EQ(fit->df, expected["df"]);
    EXPECT_NEAR(estimate.mean, expected["difference"], kTolerance);
    EXPECT_NEAR(estimate.standard_error, expected["standard_error"], kTolerance);
    EXPECT_NEAR(*t_test_p(estimate), expected["p"], kTolerance);
    EXPECT_NEAR(*fit->p_equal_spread, expected["p_equal_spread"], kTolerance);
  }
}

TEST(Reference, AnovaAndBrownForsytheAgreeWithScipy) {
  for (const Json& expected : recorded("anova")) {
    const auto groups = expected["groups"].get<std::vector<Values>>();
    EXPECT_NEAR(one_way_anova(groups)->f, expected["f"], kTolerance);
    EXPECT_NEAR(one_way_anova(groups)->p, expected["p"], kTolerance);
    EXPECT_NEAR(*brown_forsythe(groups), expected["p_equal_spread"], kTolerance);
  }
}

TEST(Reference, LargestTOfAllPairsIsScipysStudentizedRange) {
  for (const Json& expected : recorded("range")) {
    EXPECT_NEAR(max_t_p(Family::AllPairs, expected["means"], expected["df"], expected["t"]),
                expected["p"],
                kTolerance);
  }
}

TEST(Reference, LargestTAgainstOneAgreesWithQuadratureByScipy) {
  for (const Json& expected : recorded("dunnett")) {
    EXPECT_NEAR(max_t_p(Family::WithOne, expected["means"], expected["df"], expected["t"]),
                expected["p"],
                kTolerance);
  }
}

TEST(Reference, MixtureTIsTheBayesFactorByQuadratureOfScipysDensities) {
  for (const Json& expected : recorded("mixture")) {
    const Summary values = summarise(expected["values"].get<Values>());
    EXPECT_NEAR(*log_e_value(values, 0, expected["g"]), expected["log_e"], kTolerance);
  }
}

TEST(Reference, PowerAgreesWithStatsmodels) {
  for (const Json& expected : recorded("power")) {
    const TestPlan plan{.sd = 1, .alpha = expected["alpha"]};
    EXPECT_NEAR(
        power_of(plan, expected["count"], expected["effect"]), expected["power"], kTolerance);
  }
}

TEST(Reference, McNemarAgreesWithStatsmodels) {
  for (const Json& expected : recorded("mcnemar")) {
    EXPECT_NEAR(mcnemar_p(expected["first"], expected["second"]), expected["p"], kTolerance);
  }
}

TEST(Reference, FisherAgreesWithScipy) {
  for (const Json& expected : recorded("fisher")) {
    const Json& table = expected["table"];
    EXPECT_NEAR(fisher_p({table[0], table[1]}, {table[2], table[3]}), expected["p"], kTolerance);
  }
}

TEST(Reference, IntervalsOfSharesAgreeWithStatsmodels) {
  for (const Json& expected : recorded("share")) {
    const Interval interval = share_interval(expected["count"], expected["trials"], 0.95);
    EXPECT_NEAR(interval.low, expected["low"], kTolerance);
    EXPECT_NEAR(interval.high, expected["high"], kTolerance);
  }
}

TEST(Reference, HolmAgreesWithStatsmodels) {
  const Json& expected = recorded("holm");
  const Values adjusted = holm(expected["p"].get<Values>());
  for (std::size_t i = 0; i < adjusted.size(); ++i) {
    EXPECT_NEAR(adjusted[i], expected["adjusted"][i], kTolerance);
  }
}

// The same question asked the other way: which ratios does the t test not reject?
TEST(Reference, FiellersIntervalIsWhatTheTTestDoesNotReject) {
  for (const Json& expected : recorded("error_ratio")) {
    const ErrorRatio ratio = error_ratio(
        expected["numerator"].get<Values>(), expected["denominator"].get<Values>(), 0.95);
    EXPECT_NEAR(*ratio.ratio, expected["ratio"], kTolerance);
    EXPECT_NEAR(ratio.interval->low, expected["low"], kTolerance);
    EXPECT_NEAR(ratio.interval->high, expected["high"], kTolerance);
  }
}

std::vector<std::vector<std::uint8_t>> bits_of(const Json& networks) {
  std::vector<std::vector<std::uint8_t>> rows;
  for (const Json& network : networks) {
    std::vector<std::uint8_t> row(bytes_of_examples(static_cast<std::int64_t>(network.size())));
    for (std::size_t i = 0; i < network.size(); ++i) {
      row[i / 8] |= static_cast<std::uint8_t>((network[i] != 0.0 ? 1U : 0U) << (i % 8));
    }
    rows.push_back(row);
  }
  return rows;
}

TEST(Reference, VariancesOverExamplesAgreeWithNumpy) {
  for (const Json& expected : recorded("examples")) {
    const auto first = bits_of(expected["first"]);
    const auto second = bits_of(expected["second"]);
    const auto examples = static_cast<std::int64_t>(expected["first"][0].size());
    const std::vector<CorrectBits> first_spans(first.begin(), first.end());
    const std::vector<CorrectBits> second_spans(second.begin(), second.end());
    const auto a = count_correct(first_spans, examples);
    const auto b = count_correct(second_spans, examples);
    EXPECT_NEAR(*example_variance(a, first.size()), expected["variance"], kTolerance);
    EXPECT_NEAR(*example_variance(a, first.size(), b), expected["difference_variance"], kTolerance);
    EXPECT_NEAR(*predicted_seed_sd(a, first.size()), expected["predicted_sd"], kTolerance);
  }
}

}  // namespace
}  // namespace plumbline
