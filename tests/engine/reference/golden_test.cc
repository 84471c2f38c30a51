#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "engine/dialect_words.h"
#include "engine/reference/golden_cases.h"

// The oracle against numbers of real frameworks, each named with its version in golden/*.json.

namespace plumbline::reference {
namespace {

using ::testing::ElementsAre;

using Ratio = double (*)(const GoldenCase&, const Settings&);

struct Group {
  const char* name;
  Ratio ratio;
  std::size_t least;  // cases
};
constexpr Group kGroups[] = {
    {"updates", update_ratio, 40}, {"layers", layer_ratio, 50}, {"losses", loss_ratio, 10}};

TEST(Golden, TheOracleDiffersFromEveryFrameworkByRoundingOnly) {
  for (const Group& group : kGroups) {
    const auto cases = golden_cases(group.name);
    EXPECT_GE(cases.size(), group.least) << group.name;
    for (const GoldenCase& golden : cases) {
      EXPECT_LE(group.ratio(golden, golden.settings), 1) << golden.name;
    }
  }
}

// "<switch>: <word> is not <other>", for every pair of which some case has the first, or of which
// some case with the first does not fit the second.
struct Pairs {
  std::set<std::string> tried;
  std::set<std::string> told_apart;
};

void try_alternatives(const GoldenCase& golden,
                      Ratio ratio,
                      const DialectSwitch& entry,
                      Pairs& pairs) {
  const char* const word = entry.word(golden.settings);
  for (const char* other : entry.words) {
    Settings settings = golden.settings;
    choose(settings, entry.name, other);
    if (entry.chosen(settings) == entry.chosen(golden.settings)) {
      continue;
    }
    const std::string pair = fmt::format("{}: {} is not {}", entry.name, word, other);
    pairs.tried.insert(pair);
    if (ratio(golden, settings) > 1) {
      pairs.told_apart.insert(pair);
    }
  }
}

bool concerns(const DialectSwitch& entry, const GoldenCase& golden) {
  if (golden.wire.contains("layer")) {
    return entry.in_layer != nullptr &&
           entry.in_layer(golden.settings.network.layers.front().operation);
  }
  if (golden.wire.contains("loss")) {
    return entry.in_loss != nullptr && entry.in_loss(golden.settings);
  }
  return entry.in_optimizer != nullptr && entry.in_optimizer(golden.settings.optimizer);
}

TEST(Golden, TellApartEveryTwoMeaningsButThoseThatNoNumberCan) {
  Pairs pairs;
  for (const Group& group : kGroups) {
    for (const GoldenCase& golden : golden_cases(group.name)) {
      for (const DialectSwitch& entry : dialect_switches()) {
        if (concerns(entry, golden)) {
          try_alternatives(golden, group.ratio, entry, pairs);
        }
      }
    }
  }
  std::vector<std::string> alike;
  std::set_difference(pairs.tried.begin(),
                      pairs.tried.end(),
                      pairs.told_apart.begin(),
                      pairs.told_apart.end(),
                      std::back_inserter(alike));
  EXPECT_THAT(alike,
              ElementsAre(
                  // Exact constants have room for all conventions.
                  "batch_norm.constants: exact is not double_then_cast",
                  "batch_norm.constants: exact is not float32",
                  // A softmax sums to 1 already.
                  "loss.cross_entropy: clipped is not renormalised_and_clipped",
                  "loss.cross_entropy: renormalised_and_clipped is not clipped",
                  // x * (1 / root) is x / root but for its rounding, and for 0 / 0.
                  "optimizer.adadelta_epsilon: inside_root is not reciprocal_root",
                  "optimizer.adagrad_epsilon: inside_root is not reciprocal_root",
                  // A library's powf has room for the last places.
                  "optimizer.beta_power: float32_accumulated is not float32",
                  "optimizer.constants: double_then_cast is not exact",
                  "optimizer.constants: exact is not double_then_cast",
                  "optimizer.constants: exact is not float32",
                  "optimizer.constants: float32 is not exact",
                  "optimizer.rmsprop_epsilon: inside_root is not reciprocal_root"));
  EXPECT_EQ(pairs.tried.size(), 115U);
}

// What no installed framework has; operation_test.cc and optimizer_test.cc have numbers of these
// that were worked out by hand.
TEST(Golden, HaveAFrameworkForEveryMeaningButTheseFew) {
  std::set<std::string> missing;
  for (const DialectSwitch& entry : dialect_switches()) {
    for (const char* word : entry.words) {
      missing.insert(fmt::format("{}: {}", entry.name, word));
    }
  }
  for (const Group& group : kGroups) {
    for (const GoldenCase& golden : golden_cases(group.name)) {
      for (const DialectSwitch& entry : dialect_switches()) {
        if (concerns(entry, golden)) {
          missing.erase(fmt::format("{}: {}", entry.name, entry.word(golden.settings)));
        }
      }
    }
  }
  EXPECT_THAT(missing,
              ElementsAre("batch_norm.constants: double_then_cast",
                          "batch_norm.constants: float32",
                          "batch_norm.running_variance: biased * n / (n - 1 - epsilon)",
                          "conv2d.same_padding: keras2_theano",
                          "dropout.scale: in_inference",
                          "max_pool.ties: last",
                          "optimizer.adadelta_epsilon: outside_root",
                          "optimizer.adadelta_epsilon: reciprocal_root",
                          "optimizer.bias_correction: off",
                          "optimizer.rmsprop_epsilon: reciprocal_root",
                          "optimizer.weight_decay_form: by_name",
                          "relu.slope_at_zero: above"));
}

}  // namespace
}  // namespace plumbline::reference
