// What watching results and stopping at will does to the chance of a false claim.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "stats/comparison.h"
#include "stats/distribution.h"
#include "stats/matrices.h"
#include "stats/mean/mixture_t.h"
#include "stats/simulation.h"

namespace plumbline {
namespace {

constexpr double kLog20 = 2.995732273553991;

// Mean and spread, value by value (Welford, Technometrics 4, 1962).
class Running {
 public:
  void add(double value) {
    ++count_;
    const double before = value - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (value - mean_);
  }
  [[nodiscard]] Summary summary() const {
    const double df = static_cast<double>(count_) - 1;
    return {count_, mean_, count_ > 1 ? std::optional(std::sqrt(squares_ / df)) : std::nullopt};
  }

 private:
  std::size_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

struct Watched {
  double mixture = 0;  // share of paths on which it ever claims a difference
  double student = 0;  // the same of Student's t at 5%, from the fifth value on
};

template <typename Draw>
Watched watch(int paths, std::size_t length, double g, const Draw& draw) {
  Watched claimed;
  for (int path = 0; path < paths; ++path) {
    Running values;
    bool mixture = false;
    bool student = false;
    for (std::size_t n = 1; n <= length; ++n) {
      values.add(draw());
      const Summary summary = values.summary();
      const auto log_e = log_e_value(summary, 0, g);
      mixture = mixture || (log_e && *log_e >= kLog20);
      const double t = n < 5 ? 0 : summary.mean / *summary.sd * std::sqrt(static_cast<double>(n));
      student =
          student || (n >= 5 && std::abs(t) > student_t_critical(0.95, static_cast<double>(n) - 1));
    }
    claimed.mixture += mixture ? 1.0 / paths : 0;
    claimed.student += student ? 1.0 / paths : 0;
  }
  return claimed;
}

// At most 5% whatever the length; about 3% by 200 values, as 20,000 paths gave before.
TEST(SequentialTest, MixtureTKeepsItsPromiseWhereStudentsTDoesNot) {
  struct Case {
    double g;
    double expected;
  };
  for (const Case& test : std::vector<Case>{{1, 0.033}, {4, 0.029}}) {
    Draws draws("null paths");
    const int paths = repetitions(2000);
    const Watched claimed = watch(paths, 200, test.g, [&] { return draws.normal(); });
    note("mixture_g" + std::to_string(test.g), claimed.mixture);
    note("student_g" + std::to_string(test.g), claimed.student);
    EXPECT_NEAR(claimed.mixture, test.expected, chance(test.expected, paths) + 0.002);
    EXPECT_LE(claimed.mixture, 0.05);
    EXPECT_GT(claimed.student, 0.25);
  }
}

TEST(SequentialTest, EHasTheMeanOneWhileNothingDiffers) {
  for (const std::size_t n : {2, 3, 5}) {
    Draws draws("martingale");
    const int paths = repetitions(40'000);
    double sum = 0;
    double squares = 0;
    for (int path = 0; path < paths; ++path) {
      Running values;
      for (std::size_t i = 0; i < n; ++i) {
        values.add(draws.normal());
      }
      const double e = std::exp(*log_e_value(values.summary()));
      sum += e;
      squares += e * e;
    }
    const double mean = sum / paths;
    const double sd = std::sqrt(squares / paths - mean * mean);
    EXPECT_NEAR(mean, 1, 4 * sd / std::sqrt(paths)) << n;
  }
}

// Where there is a difference, how many values does it take, beside the fixed number that would
// have shown it in 90 of 100 studies?
TEST(SequentialTest, StopsAboutWhereAFixedStudyWouldHaveEnded) {
  struct Case {
    double effect;
    double expected;  // median
    double by_chance;
  };
  for (const Case& test : std::vector<Case>{{2, 7, 0}, {1, 12, 1}, {0.5, 35, 3}}) {
    Draws draws("stopping");
    std::vector<double> stops;
    for (int path = 0; path < repetitions(600); ++path) {
      Running values;
      std::size_t n = 0;
      for (bool stopped = false; !stopped && n < 500;) {
        values.add(test.effect + draws.normal());
        ++n;
        const auto log_e = log_e_value(values.summary());
        stopped = log_e && *log_e >= kLog20;
      }
      stops.push_back(static_cast<double>(n));
    }
    std::nth_element(
        stops.begin(), stops.begin() + static_cast<std::ptrdiff_t>(stops.size() / 2), stops.end());
    note("effect_" + std::to_string(test.effect), stops[stops.size() / 2]);
    EXPECT_NEAR(stops[stops.size() / 2], test.expected, test.by_chance) << test.effect;
  }
}

// The promise is for normal differences. Differences of two stacks are symmetric; here their tails
// are heavy (Laplace), or there are only three values (a small test set).
TEST(SequentialTest, HoldsForDifferencesThatAreNotNormal) {
  const int paths = repetitions(1000);
  Draws laplace("laplace paths");
  const Watched heavy = watch(paths, 100, 1, [&] {
    const double u = laplace.uniform() - 0.5;
    return std::copysign(std::log(1 - 2 * std::abs(u)), u);
  });
  note("laplace", heavy.mixture);
  EXPECT_LE(heavy.mixture, 0.05 + chance(0.05, paths));
  Draws coarse("coarse paths");
  const Watched few = watch(paths, 100, 1, [&] {
    return std::floor(3 * coarse.uniform()) - 1;  // -1, 0 or 1
  });
  note("three_values", few.mixture);
  EXPECT_LE(few.mixture, 0.05 + chance(0.05, paths));
}

// The whole rule: four stacks that do not differ, looked at after every one of 40 seed blocks.
TEST(SequentialTest, RankingOfEqualStacksIsFalselySettledByLessThanFivePercent) {
  const int studies = repetitions(100);
  Draws draws("watched studies");
  double wrong = 0;
  for (int study = 0; study < studies; ++study) {
    std::vector<std::vector<double>> rows(4);
    bool claimed = false;
    for (int block = 0; block < 40 && !claimed; ++block) {
      for (std::vector<double>& row : rows) {
        row.push_back(0.9 + 0.001 * draws.normal());
      }
      const Comparison comparison =
          compare_stacks(matrix_of(rows), {.looks = Looks::AfterEveryBlock});
      claimed = std::any_of(
          comparison.pairs.begin(), comparison.pairs.end(), [](const PairComparison& pair) {
            return pair.accuracy.verdict != PairVerdict::Undecided;
          });
    }
    wrong += claimed ? 1.0 / studies : 0;
  }
  note("wrong", wrong);
  EXPECT_LE(wrong, 0.05);
}

}  // namespace
}  // namespace plumbline
