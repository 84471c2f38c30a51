#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "engine/defaults.h"
#include "engine/fast/grouping.h"
#include "engine/fast/instruction_set.h"
#include "engine/trainer.h"

namespace plumbline::testing {

// A network with one batch and a state, all drawn from a printed seed.
struct Example {
  Settings settings;
  TensorMap state;
  Tensor inputs;
  std::vector<std::int64_t> labels;
  TensorMap masks;
  [[nodiscard]] Batch batch() const { return {inputs, labels, masks}; }
};

// Layers in a row: a layer without inputs takes the one before it. Names, shapes and defaults are
// filled in.
[[nodiscard]] Network chain(const Shape& input, std::vector<Layer> layers);
[[nodiscard]] Example make_example(Network network,
                                   const Recipe& recipe,
                                   std::int64_t batch,
                                   std::mt19937& random);
// Another batch for the same network.
void draw_batch(Example& example, std::int64_t batch, std::mt19937& random);

// A way of the fast engine to do the same.
struct Variant {
  fast::Kernels kernels = fast::Kernels::Fastest;
  fast::InstructionSet instruction_set = fast::InstructionSet::Portable;
};
// Our own kernels with each instruction set that this machine has, and oneDNN's.
[[nodiscard]] std::vector<Variant> variants();
[[nodiscard]] std::string variant_name(const Variant& variant);

// Takes one step and one prediction with each variant of the fast engine and with the oracle, and
// expects every number within the oracle's budget for float32. Gives whether the budgets say
// something, as they do not where rounding may decide a relu or a pool.
bool expect_agreement(const Example& example);
// Of so many examples by their numbers, most of which must say something.
void expect_agreement(int draws, const std::function<Example(int)>& draw);

}  // namespace plumbline::testing
