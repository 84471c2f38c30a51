#include "engine/fast/kernels/update.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fast/kernels/update.cc"
#include <hwy/foreach_target.h>

#include "engine/fast/kernels/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace plumbline::fast {
namespace HWY_NAMESPACE {

void UpdateWeights(
    const Update& update, float* weights, const float* gradients, Slots slots, std::int64_t count) {
  update_weights(update, weights, gradients, slots, count);
}

}  // namespace HWY_NAMESPACE
}  // namespace plumbline::fast
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace plumbline::fast {

HWY_EXPORT(UpdateWeights);

int slot_count(UpdateForm form) {
  switch (form) {
    case UpdateForm::PlainSgd:
      return 0;
    case UpdateForm::MomentumSgd:
    case UpdateForm::Adagrad:
      return 1;
    case UpdateForm::Adam:
    case UpdateForm::RmsProp:
    case UpdateForm::Adadelta:
      return 2;
  }
  return 0;
}

void apply_update(
    const Update& update, float* weights, const float* gradients, Slots slots, std::int64_t count) {
  HWY_DYNAMIC_DISPATCH(UpdateWeights)(update, weights, gradients, slots, count);
}

}  // namespace plumbline::fast
#endif
