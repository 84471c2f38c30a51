// The Statistical Reference Datasets of NIST (https://www.itl.nist.gov/div898/strd/), univariate
// and one-way analysis of variance: data and certified values. The certified values of the measured
// sets were found again from these data in exact arithmetic, so that no value here is mistyped.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "stats/mean/anova.h"
#include "stats/summary.h"

namespace plumbline {
namespace {

// Correct digits: the log relative error that NIST judges by, 15 at most.
double digits(double found, double certified) {
  const double error = certified == 0 ? std::abs(found) : std::abs(found / certified - 1);
  return error < 1e-15 ? 15 : -std::log10(error);
}

const std::vector<double> kLew = {
    -213, -564, -35,  -15,  141,  115,  -420, -360, 203,  -338, -431, 194,  -220, -513, 154,  -125,
    -559, 92,   -21,  -579, -52,  99,   -543, -175, 162,  -457, -346, 204,  -300, -474, 164,  -107,
    -572, -8,   83,   -541, -224, 180,  -420, -374, 201,  -236, -531, 83,   27,   -564, -112, 131,
    -507, -254, 199,  -311, -495, 143,  -46,  -579, -90,  136,  -472, -338, 202,  -287, -477, 169,
    -124, -568, 17,   48,   -568, -135, 162,  -430, -422, 172,  -74,  -577, -13,  92,   -534, -243,
    194,  -355, -465, 156,  -81,  -578, -64,  139,  -449, -384, 193,  -198, -538, 110,  -44,  -577,
    -6,   66,   -552, -164, 161,  -460, -344, 205,  -281, -504, 134,  -28,  -576, -118, 156,  -437,
    -381, 200,  -220, -540, 83,   11,   -568, -160, 172,  -414, -408, 188,  -125, -572, -32,  139,
    -492, -321, 205,  -262, -504, 142,  -83,  -574, 0,    48,   -571, -106, 137,  -501, -266, 190,
    -391, -406, 194,  -186, -553, 83,   -13,  -577, -49,  103,  -515, -280, 201,  300,  -506, 131,
    -45,  -578, -80,  138,  -462, -361, 201,  -211, -554, 32,   74,   -533, -235, 187,  -372, -442,
    182,  -147, -566, 25,   68,   -535, -244, 194,  -351, -463, 174,  -125, -570, 15,   72,   -550,
    -190, 172,  -424, -385, 198,  -218, -536, 96};

const std::vector<double> kLottery = {
    162, 671, 933, 414, 788, 730, 817, 33,  536, 875, 670, 236, 473, 167, 877, 980, 316, 950, 456,
    92,  517, 557, 956, 954, 104, 178, 794, 278, 147, 773, 437, 435, 502, 610, 582, 780, 689, 562,
    964, 791, 28,  97,  848, 281, 858, 538, 660, 972, 671, 613, 867, 448, 738, 966, 139, 636, 847,
    659, 754, 243, 122, 455, 195, 968, 793, 59,  730, 361, 574, 522, 97,  762, 431, 158, 429, 414,
    22,  629, 788, 999, 187, 215, 810, 782, 47,  34,  108, 986, 25,  644, 829, 630, 315, 567, 919,
    331, 207, 412, 242, 607, 668, 944, 749, 168, 864, 442, 533, 805, 372, 63,  458, 777, 416, 340,
    436, 140, 919, 350, 510, 572, 905, 900, 85,  389, 473, 758, 444, 169, 625, 692, 140, 897, 672,
    288, 312, 860, 724, 226, 884, 508, 976, 741, 476, 417, 831, 15,  318, 432, 241, 114, 799, 955,
    833, 358, 935, 146, 630, 830, 440, 642, 356, 373, 271, 715, 367, 393, 190, 669, 8,   861, 108,
    795, 269, 590, 326, 866, 64,  523, 862, 840, 219, 382, 998, 4,   628, 305, 747, 247, 34,  747,
    729, 645, 856, 974, 24,  568, 24,  694, 608, 480, 410, 729, 947, 293, 53,  930, 223, 203, 677,
    227, 62,  455, 387, 318, 562, 242, 428, 968};

const std::vector<double> kMavro = {
    2.0018, 2.0017, 2.0018, 2.0019, 2.0018, 2.0017, 2.0015, 2.0014, 2.0015, 2.0015,
    2.0017, 2.0018, 2.0018, 2.0019, 2.0019, 2.0021, 2.002,  2.0016, 2.0014, 2.0013,
    2.0013, 2.0015, 2.0015, 2.0016, 2.0015, 2.0014, 2.0013, 2.0014, 2.0015, 2.0014,
    2.0015, 2.0016, 2.0015, 2.0016, 2.0019, 2.002,  2.002,  2.0021, 2.0022, 2.0023,
    2.0024, 2.0025, 2.0027, 2.0026, 2.0026, 2.0026, 2.0027, 2.0026, 2.0025, 2.0024};

const std::vector<double> kMichelso = {
    299.85, 299.74, 299.9,  300.07, 299.93, 299.85, 299.95, 299.98, 299.98, 299.88, 300,    299.98,
    299.93, 299.65, 299.76, 299.81, 300,    300,    299.96, 299.96, 299.96, 299.94, 299.96, 299.94,
    299.88, 299.8,  299.85, 299.88, 299.9,  299.84, 299.83, 299.79, 299.81, 299.88, 299.88, 299.83,
    299.8,  299.79, 299.76, 299.8,  299.88, 299.88, 299.88, 299.86, 299.72, 299.72, 299.62, 299.86,
    299.97, 299.95, 299.88, 299.91, 299.85, 299.87, 299.84, 299.84, 299.85, 299.84, 299.84, 299.84,
    299.89, 299.81, 299.81, 299.82, 299.8,  299.77, 299.76, 299.74, 299.75, 299.76, 299.91, 299.92,
    299.89, 299.86, 299.88, 299.72, 299.84, 299.85, 299.85, 299.78, 299.89, 299.84, 299.78, 299.81,
    299.76, 299.81, 299.79, 299.81, 299.82, 299.85, 299.87, 299.87, 299.81, 299.74, 299.81, 299.94,
    299.95, 299.8,  299.81, 299.87};

// Digits of pi, four at a time (Rabinowitz and Wagon, "A spigot algorithm for the digits of pi",
// American Mathematical Monthly 102, 1995).
std::vector<double> digits_of_pi(std::size_t count) {
  constexpr std::int64_t kGroup = 10'000;
  std::size_t length = 14 * (count / 4);
  std::vector<std::int64_t> remainders(length + 1, kGroup / 5);
  std::vector<double> digits;
  std::int64_t held = 0;
  for (; digits.size() < count; length -= 14) {
    std::int64_t sum = 0;
    for (auto place = static_cast<std::int64_t>(length); place > 0; --place) {
      auto& remainder = remainders[static_cast<std::size_t>(place)];
      sum = sum * (place < static_cast<std::int64_t>(length) ? place : 1) + remainder * kGroup;
      remainder = sum % (2 * place - 1);
      sum /= 2 * place - 1;
    }
    const std::int64_t group = held + sum / kGroup;
    held = sum % kGroup;
    for (const std::int64_t power : {1000, 100, 10, 1}) {
      digits.push_back(static_cast<double>(group / power % 10));
    }
  }
  return digits;
}

// PiDigits has a slip of the pen: its 957th digit is 3, that of pi is 8. The certified values are
// those of the list as it stands.
std::vector<double> listed_digits_of_pi() {
  std::vector<double> digits = digits_of_pi(5000);
  EXPECT_EQ(digits[956], 8);
  digits[956] = 3;
  return digits;
}

// One value, then 500 times one a tenth below and one a tenth above it.
std::vector<double> around(double middle, double below, double above) {
  std::vector<double> values = {middle};
  for (int i = 0; i < 500; ++i) {
    values.push_back(below);
    values.push_back(above);
  }
  return values;
}

struct UnivariateSet {
  std::string name;
  std::vector<double> values;
  double mean;
  double sd;
  double sd_digits;  // what doubles can hold of these data: found by the test itself, less one
};

TEST(Strd, MeanAndSdHaveNineDigitsAndMore) {
  const std::vector<UnivariateSet> sets = {
      {"Lew", kLew, -177.435, 277.332168044316, 14},
      {"Lottery", kLottery, 518.958715596330, 291.699727470969, 14},
      {"Mavro", kMavro, 2.001856, 0.000429123454003053, 12},
      {"Michelso", kMichelso, 299.8524, 0.0790105478190518, 13},
      {"PiDigits", listed_digits_of_pi(), 4.5348, 2.86733906028871, 14},
      {"NumAcc1", {10000001, 10000003, 10000002}, 10000002, 1, 15},
      {"NumAcc2", around(1.2, 1.1, 1.3), 1.2, 0.1, 14},
      {"NumAcc3", around(1000000.2, 1000000.1, 1000000.3), 1000000.2, 0.1, 9},
      {"NumAcc4", around(10000000.2, 10000000.1, 10000000.3), 10000000.2, 0.1, 8},
  };
  for (const UnivariateSet& set : sets) {
    const Summary summary = summarise(set.values);
    EXPECT_GE(digits(summary.mean, set.mean), 14) << set.name;
    EXPECT_GE(digits(*summary.sd, set.sd), set.sd_digits) << set.name;
  }
}

struct AnovaSet {
  std::string name;
  std::vector<std::vector<double>> groups;
  double between_squares;
  double within_squares;
  double f;
  double f_digits;
};

// Nine treatments, simulated: a value, then pairs a tenth below and above it.
std::vector<std::vector<double>> simulated(double offset, std::size_t replicates) {
  std::vector<std::vector<double>> groups;
  for (const double level : {0.4, 0.3, 0.5, 0.3, 0.5, 0.3, 0.5, 0.3, 0.5}) {
    std::vector<double> group = {offset + level};
    while (group.size() < replicates) {
      group.push_back(offset + (level - 0.1));
      group.push_back(offset + (level + 0.1));
    }
    groups.push_back(group);
  }
  return groups;
}

const std::vector<std::vector<double>> kSiRstv = {
    {196.3052, 196.124, 196.189, 196.2569, 196.3403},
    {196.3042, 196.3825, 196.1669, 196.3257, 196.0422},
    {196.1303, 196.2005, 196.2889, 196.0343, 196.1811},
    {196.2795, 196.1748, 196.1494, 196.1485, 195.9885},
    {196.2119, 196.1051, 196.185, 196.0052, 196.209}};

const std::vector<std::vector<double>> kAtmWtAg = {
    {107.8681568, 107.8681465, 107.8681572, 107.8681785, 107.8681446, 107.8681903,
     107.8681526, 107.8681494, 107.8681616, 107.8681587, 107.8681519, 107.8681486,
     107.8681419, 107.8681569, 107.8681508, 107.8681672, 107.8681385, 107.8681518,
     107.8681662, 107.8681424, 107.8681360, 107.8681333, 107.8681610, 107.8681477},
    {107.8681079, 107.8681344, 107.8681513, 107.8681197, 107.8681604, 107.8681385,
     107.8681642, 107.8681365, 107.8681151, 107.8681082, 107.8681517, 107.8681448,
     107.8681198, 107.8681482, 107.8681334, 107.8681609, 107.8681101, 107.8681512,
     107.8681469, 107.8681360, 107.8681254, 107.8681261, 107.8681450, 107.8681368}};

TEST(Strd, AnalysisOfVarianceHasAllDigitsThatDoublesCanHold) {
  const std::vector<AnovaSet> sets = {
      {"SiRstv", kSiRstv, 5.11462616e-2, 2.16636560e-1, 1.18046237440255, 12},
      {"SmLs01", simulated(1, 21), 1.68, 1.8, 21, 12},
      {"SmLs02", simulated(1, 201), 16.08, 18, 201, 12},
      {"SmLs03", simulated(1, 2001), 160.08, 180, 2001, 12},
      // Seven leading digits alike in all values, so that nine of the sixteen are left.
      {"AtmWtAg", kAtmWtAg, 3.63834187500000e-9, 1.04951729166667e-8, 15.9467335677930, 9},
      {"SmLs04", simulated(1e6, 21), 1.68, 1.8, 21, 9},
      {"SmLs05", simulated(1e6, 201), 16.08, 18, 201, 9},
      {"SmLs06", simulated(1e6, 2001), 160.08, 180, 2001, 9},
      // At 10^12 a double holds a tenth to three digits: NIST's hardest, where nine cannot be had.
      {"SmLs07", simulated(1e12, 21), 1.68, 1.8, 21, 3},
      {"SmLs08", simulated(1e12, 201), 16.08, 18, 201, 3},
      {"SmLs09", simulated(1e12, 2001), 160.08, 180, 2001, 3},
  };
  for (const AnovaSet& set : sets) {
    const auto anova = one_way_anova(set.groups);
    EXPECT_GE(digits(anova->between_squares, set.between_squares), set.f_digits) << set.name;
    EXPECT_GE(digits(anova->within_squares, set.within_squares), set.f_digits) << set.name;
    EXPECT_GE(digits(anova->f, set.f), set.f_digits) << set.name;
  }
}

}  // namespace
}  // namespace plumbline
