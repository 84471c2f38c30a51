#include "engine/dialect_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/error.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Pair;

TEST(DialectWords, SetEachAlternativeOfEachSwitchAndNothingElse) {
  std::set<std::string> names;
  for (const DialectSwitch& entry : dialect_switches()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_EQ(std::set<std::string>(entry.words.begin(), entry.words.end()).size(),
              entry.words.size());
    std::vector<Settings> seen;
    for (const char* word : entry.words) {
      Settings settings;
      choose(settings, entry.name, word);
      if (std::string_view(word) != "by_name") {
        EXPECT_STREQ(entry.word(settings), word);
      }
      for (const DialectSwitch& other : dialect_switches()) {
        if (other.name != entry.name) {
          EXPECT_EQ(other.chosen(settings), other.chosen(Settings{})) << entry.name << other.name;
        }
      }
      for (const Settings& before : seen) {
        EXPECT_FALSE(before.dialect == settings.dialect &&
                     before.optimizer.dialect == settings.optimizer.dialect)
            << entry.name;
      }
      seen.push_back(settings);
    }
  }
}

TEST(DialectWords, AreCheckedAndListedWhenWrong) {
  Settings settings;
  try {
    choose(settings, "max_pool.ties", "middle");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "The dialect switch 'max_pool.ties' cannot be 'middle'. It may be first, last, "
                 "shared, each.");
  }
  try {
    choose(settings, "max_pool.tie", "first");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("There is no dialect switch 'max_pool.tie'. There are "));
    EXPECT_THAT(error.what(), HasSubstr(", max_pool.ties, "));
  }
}

std::map<std::string, std::string> choices_of(const Settings& settings) {
  std::map<std::string, std::string> words;
  for (const DialectChoice& choice : dialect_choices(settings)) {
    words.emplace(choice.name, choice.word);
  }
  return words;
}

TEST(DialectWords, TellOfEachLayerWhatIsDecidedThereAndNothingOfOthers) {
  const Activation relu{ActivationKind::Relu, {}, {}};
  Settings settings;
  settings.network = {{8, 8, 1},
                      {{"c", Conv2d{2, {3, 3}, {1, 1}, Padding::Same, true, relu}, {"input"}, {}},
                       {"m", MaxPool{{2, 2}, {2, 2}, Padding::Valid}, {"c"}, {}},
                       {"n", BatchNorm{0.9, 1e-5}, {"m"}, {}}}};
  settings.dialect.running_variance = RunningVariance::Keras2Theano;
  settings.optimizer.kind = OptimizerKind::AdamW;
  settings.optimizer.weight_decay = 0.01;
  settings.optimizer.dialect.adam_epsilon = AdamEpsilon::EpsilonHat;
  EXPECT_EQ(choices_of(settings),
            (std::map<std::string, std::string>{
                {"c.same_padding", "tensorflow"},
                {"c.kernel_order", "correlation"},
                {"c.slope_at_zero", "below"},
                {"m.ties", "first"},
                {"n.momentum_share", "of_old"},
                {"n.running_variance", "(biased + epsilon) * n / (n - 1 - epsilon)"},
                {"n.constants", "exact"},
                {"loss.cross_entropy", "from_logits"},
                {"loss.reduction", "mean"},
                {"optimizer.adam_epsilon", "epsilon_hat"},
                {"optimizer.bias_correction", "on"},
                {"optimizer.beta_power", "double"},
                {"optimizer.constants", "exact"},
                {"optimizer.weight_decay_form", "decoupled"}}));
  for (const DialectChoice& choice : dialect_choices(settings)) {
    EXPECT_EQ(choice.by_default,
              choice.name != "n.running_variance" && choice.name != "optimizer.adam_epsilon")
        << choice.name;
  }
}

TEST(DialectWords, LeaveOutWhatAnOptimizerHasNoUseFor) {
  Settings settings;
  EXPECT_FALSE(choices_of(settings).contains("optimizer.rate_place"));  // sgd has no velocity here
  settings.optimizer.momentum = 0.9;
  EXPECT_THAT(choices_of(settings), IsSupersetOf({Pair("optimizer.rate_place", "outside")}));
  EXPECT_FALSE(choices_of(settings).contains("optimizer.first_step"));  // nor dampening
  EXPECT_FALSE(choices_of(settings).contains("optimizer.weight_decay_form"));
}

}  // namespace
}  // namespace plumbline
