#include <gtest/gtest.h>

#include "engine/reference/arithmetic/double.h"
#include "engine/reference/optimizers/update.h"

namespace plumbline::reference {
namespace {

struct OptimizerCase {
  const char* name;
  OptimizerSettings settings;
  std::array<double, 3> weights;  // 1.5 after the gradients 0.5, -0.25, 0.125
  double tolerance = 1e-14;
};

// PyTorch 2.13.0+cpu in float64. PyTorch's AdamW and Adam are Algorithm 1; epsilon-hat is
// Keras 3.15.1's Adam on JAX 0.10.2, whose learning rate and powers of beta are float32.
std::vector<OptimizerCase> cases() {
  const OptimizerSettings adam{.kind = OptimizerKind::Adam,
                               .learning_rate = 0.1,
                               .beta_1 = 0.8,
                               .beta_2 = 0.95,
                               .epsilon = 0.01};
  OptimizerSettings adam_coupled = adam;
  adam_coupled.weight_decay = 0.01;
  OptimizerSettings adamw = adam_coupled;
  adamw.kind = OptimizerKind::AdamW;
  OptimizerSettings adam_hat = adam;
  adam_hat.dialect.adam_epsilon = AdamEpsilon::EpsilonHat;
  return {
      {"sgd", {.kind = OptimizerKind::Sgd, .learning_rate = 0.1}, {1.45, 1.475, 1.4625}},
      {"sgd, momentum",
       {.kind = OptimizerKind::Sgd, .learning_rate = 0.1, .momentum = 0.9},
       {1.45, 1.43, 1.3995}},
      {"sgd, nesterov, weight decay",
       {.kind = OptimizerKind::Sgd,
        .learning_rate = 0.1,
        .momentum = 0.9,
        .nesterov = true,
        .weight_decay = 0.01},
       {1.40215, 1.405270915, 1.3604216587615}},
      {"adam", adam, {1.401960784313725, 1.381243069826005, 1.351237585112851}},
      {"adam, weight decay",
       adam_coupled,
       {1.401904761904762, 1.377890070952183, 1.344234578531338}},
      {"adamw", adamw, {1.400460784313725, 1.378342609041691, 1.346958781719496}},
      {"adam, epsilon-hat",
       adam_hat,
       {1.4082099515221767, 1.3885678109445778, 1.3599705776939217},
       1e-7},
      {"rmsprop",
       {.kind = OptimizerKind::RmsProp, .learning_rate = 0.1, .rho = 0.9, .epsilon = 0.01},
       {1.202582564240122, 1.341813148514234, 1.270645938758964}},
      {"rmsprop, momentum",
       {.kind = OptimizerKind::RmsProp,
        .learning_rate = 0.1,
        .momentum = 0.5,
        .rho = 0.9,
        .epsilon = 0.01},
       {1.202582564240122, 1.193104430634295, 1.117198154076112}},
      {"adagrad",
       {.kind = OptimizerKind::Adagrad,
        .learning_rate = 0.1,
        .epsilon = 0.01,
        .initial_accumulator = 0.1},
       {1.416889400070025, 1.455217578351624, 1.436401136075615}},
      {"adadelta",
       {.kind = OptimizerKind::Adadelta, .learning_rate = 0.5, .rho = 0.9, .epsilon = 0.01},
       {1.366369379043788, 1.449510478364842, 1.404759324936005}},
  };
}

TEST(Optimizers, TakePyTorchsSteps) {
  for (const OptimizerCase& c : cases()) {
    SCOPED_TRACE(c.name);
    Array<double> w({1});
    Array<double> g({1});
    w(0) = 1.5;
    Slots<double> slots = initial_slots(Double{}, c.settings, w.shape());
    std::int64_t t = 0;
    for (const double gradient : {0.5, -0.25, 0.125}) {
      g(0) = gradient;
      ++t;
      w = updated(Double{}, c.settings, t, w, g, slots);
      EXPECT_NEAR(w(0), c.weights[static_cast<std::size_t>(t - 1)], c.tolerance) << "step " << t;
    }
  }
}

}  // namespace
}  // namespace plumbline::reference
