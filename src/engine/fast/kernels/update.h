#pragma once

#include <cstdint>

namespace plumbline::fast {

// One optimizer step as numbers that are ready for use: which formula, and its constants, worked
// out in double and rounded once. update-inl.h has the formulas. What dialects (engine/dialect.h)
// mean differently is in the constants alone.
enum class UpdateForm { PlainSgd, MomentumSgd, Adam, RmsProp, Adagrad, Adadelta };

// root(v) = scale * sqrt(inner_scale * v + inner_epsilon) + epsilon: both places of epsilon, and
// Adam's bias correction.
struct Root {
  float scale = 1;
  float inner_scale = 1;
  float inner_epsilon = 0;
  float epsilon = 0;
};

struct Update {
  UpdateForm form = UpdateForm::PlainSgd;
  float decay = 0;     // coupled: added to the gradient as decay * w
  float keep = 1;      // decoupled: w is multiplied by it before the step
  float rate = 0;      // of the step in the end
  float enter = 1;     // of what enters a velocity or Adadelta's squared steps
  float momentum = 0;  // what a velocity keeps
  float direct = 0;    // sgd: share of the gradient in the step besides the velocity (Nesterov)
  float share = 1;     // sgd: share of the velocity in the step
  float keep_first = 0, take_first = 0;    // adam: of m
  float keep_second = 0, take_second = 0;  // of a mean of squares
  Root root;
};

// The slots that go with some weights: momentum, m, or accumulated squares; v, a momentum or
// accumulated updates. Null where the form has fewer.
struct Slots {
  float* first = nullptr;
  float* second = nullptr;
};
[[nodiscard]] int slot_count(UpdateForm form);

// Updates `count` weights and their slots by their gradients.
void apply_update(
    const Update& update, float* weights, const float* gradients, Slots slots, std::int64_t count);

}  // namespace plumbline::fast
