// The optimizers' formulas on one vector, for the flat pass and for kernels that have a gradient at
// hand. Included once for each instruction set.
#if defined(PLUMBLINE_UPDATE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef PLUMBLINE_UPDATE_INL
#undef PLUMBLINE_UPDATE_INL
#else
#define PLUMBLINE_UPDATE_INL
#endif

#include "engine/fast/kernels/update.h"
#include "engine/fast/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace plumbline::fast {
namespace HWY_NAMESPACE {

HWY_INLINE Vector all(float value) {
  return hn::Set(kFloats, value);
}

HWY_INLINE Vector root_of(const Root& root, Vector v) {
  const Vector inner = hn::MulAdd(all(root.inner_scale), v, all(root.inner_epsilon));
  return hn::MulAdd(all(root.scale), hn::Sqrt(inner), all(root.epsilon));
}

// v = keep * v + take * g^2
HWY_INLINE Vector mean_square(const Update& u, Vector v, Vector g) {
  return hn::MulAdd(all(u.keep_second), v, hn::Mul(all(u.take_second), hn::Mul(g, g)));
}

// Each form takes weights w, shortened by decoupled decay, and gradients g with coupled decay in
// them. It gives the new weights and updates as many slots as it says.

// w - rate * g
struct PlainSgd {
  static constexpr int kSlots = 0;
  HWY_INLINE static Vector next(const Update& u, Vector w, Vector g, Vector&, Vector&) {
    return hn::NegMulAdd(all(u.rate), g, w);
  }
};

// v = momentum * v + enter * g; w - rate * (direct * g + share * v). Nesterov looks one step ahead:
// g + momentum * v (Sutskever et al. 2013, as PyTorch writes it).
struct MomentumSgd {
  static constexpr int kSlots = 1;
  HWY_INLINE static Vector next(const Update& u, Vector w, Vector g, Vector& v, Vector&) {
    v = hn::MulAdd(all(u.momentum), v, hn::Mul(all(u.enter), g));
    const Vector step = hn::MulAdd(all(u.share), v, hn::Mul(all(u.direct), g));
    return hn::NegMulAdd(all(u.rate), step, w);
  }
};

// Kingma & Ba 2015, with the bias corrections in rate and root: w - rate * m / root(v)
struct Adam {
  static constexpr int kSlots = 2;
  HWY_INLINE static Vector next(const Update& u, Vector w, Vector g, Vector& m, Vector& v) {
    m = hn::MulAdd(all(u.keep_first), m, hn::Mul(all(u.take_first), g));
    v = mean_square(u, v, g);
    return hn::NegMulAdd(all(u.rate), hn::Div(m, root_of(u.root, v)), w);
  }
};

// Hinton 2012, with a velocity over the scaled gradients: velocity = momentum * velocity +
// enter * g / root(v); w - rate * velocity
struct RmsProp {
  static constexpr int kSlots = 2;
  HWY_INLINE static Vector next(const Update& u, Vector w, Vector g, Vector& v, Vector& velocity) {
    v = mean_square(u, v, g);
    const Vector scaled = hn::Div(hn::Mul(all(u.enter), g), root_of(u.root, v));
    velocity = hn::MulAdd(all(u.momentum), velocity, scaled);
    return hn::NegMulAdd(all(u.rate), velocity, w);
  }
};

// Duchi, Hazan & Singer 2011: w - rate * g / root(sum of g^2)
struct Adagrad {
  static constexpr int kSlots = 1;
  HWY_INLINE static Vector next(const Update& u, Vector w, Vector g, Vector& sum, Vector&) {
    sum = hn::MulAdd(g, g, sum);
    return hn::NegMulAdd(all(u.rate), hn::Div(g, root_of(u.root, sum)), w);
  }
};

// Zeiler 2012: d = enter * root(s) / root(v) * g, s the mean of d^2; w - rate * d
struct Adadelta {
  static constexpr int kSlots = 2;
  HWY_INLINE static Vector next(const Update& u, Vector w, Vector g, Vector& v, Vector& s) {
    v = mean_square(u, v, g);
    const Vector scaled = hn::Mul(hn::Div(root_of(u.root, s), root_of(u.root, v)), g);
    const Vector step = hn::Mul(all(u.enter), scaled);
    s = mean_square(u, s, step);
    return hn::NegMulAdd(all(u.rate), step, w);
  }
};

using Mask = hn::Mask<Floats>;

// One vector of weights, or with a mask the first lanes of one.
template <typename Form, typename Load, typename Store>
HWY_INLINE void update_vector(const Update& update,
                              float* weights,
                              const float* gradients,
                              Slots slots,
                              const Load& load,
                              const Store& store) {
  const Vector w = load(weights);
  const Vector g = hn::MulAdd(all(update.decay), w, load(gradients));
  Vector first = Form::kSlots > 0 ? load(slots.first) : hn::Zero(kFloats);
  Vector second = Form::kSlots > 1 ? load(slots.second) : hn::Zero(kFloats);
  store(Form::next(update, hn::Mul(all(update.keep), w), g, first, second), weights);
  if constexpr (Form::kSlots > 0) {
    store(first, slots.first);
  }
  if constexpr (Form::kSlots > 1) {
    store(second, slots.second);
  }
}

template <typename Form>
HWY_INLINE void update_all(
    const Update& update, float* weights, const float* gradients, Slots slots, std::int64_t count) {
  const auto from = [&](Slots all, std::int64_t i) HWY_ATTR -> Slots {
    return {Form::kSlots > 0 ? all.first + i : nullptr,
            Form::kSlots > 1 ? all.second + i : nullptr};
  };
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    update_vector<Form>(
        update,
        weights + i,
        gradients + i,
        from(slots, i),
        [](const float* at) HWY_ATTR { return hn::LoadU(kFloats, at); },
        [](Vector value, float* at) HWY_ATTR { hn::StoreU(value, kFloats, at); });
  }
  if (i < count) {
    const Mask mask = hn::FirstN(kFloats, static_cast<std::size_t>(count - i));
    update_vector<Form>(
        update,
        weights + i,
        gradients + i,
        from(slots, i),
        [&](const float* at) HWY_ATTR { return hn::MaskedLoad(mask, kFloats, at); },
        [&](Vector value, float* at) HWY_ATTR { hn::BlendedStore(value, mask, kFloats, at); });
  }
}

HWY_INLINE void update_weights(
    const Update& update, float* weights, const float* gradients, Slots slots, std::int64_t count) {
  switch (update.form) {
    case UpdateForm::PlainSgd:
      return update_all<PlainSgd>(update, weights, gradients, slots, count);
    case UpdateForm::MomentumSgd:
      return update_all<MomentumSgd>(update, weights, gradients, slots, count);
    case UpdateForm::Adam:
      return update_all<Adam>(update, weights, gradients, slots, count);
    case UpdateForm::RmsProp:
      return update_all<RmsProp>(update, weights, gradients, slots, count);
    case UpdateForm::Adagrad:
      return update_all<Adagrad>(update, weights, gradients, slots, count);
    case UpdateForm::Adadelta:
      return update_all<Adadelta>(update, weights, gradients, slots, count);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace plumbline::fast
HWY_AFTER_NAMESPACE();

#endif
