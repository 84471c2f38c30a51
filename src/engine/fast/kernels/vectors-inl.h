// What the kernels of one instruction set share. Included once for each by Highway's scheme: hence
// the guard that toggles, and no pragma once.
#if defined(PLUMBLINE_VECTORS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef PLUMBLINE_VECTORS_INL
#undef PLUMBLINE_VECTORS_INL
#else
#define PLUMBLINE_VECTORS_INL
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <utility>

HWY_BEFORE_NAMESPACE();
namespace plumbline::fast {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Vector = hn::Vec<Floats>;
inline constexpr Floats kFloats{};
// The compiler knows how many lanes a vector of each of the targets built here has.
inline constexpr std::int64_t kLanes = HWY_LANES(float);
// AVX-512 has 32 registers, the others have 16.
inline constexpr bool kManyRegisters = HWY_TARGET <= HWY_AVX3;

// Calls body.template operator()<value>() with `value`, from 1 to kMost, as a constant.
template <int kMost, typename Body>
HWY_INLINE void with_constant(int value, const Body& body) {
  if constexpr (kMost > 1) {
    if (value < kMost) {
      return with_constant<kMost - 1>(value, body);
    }
  }
  body.template operator()<kMost>();
}

template <int kVectors>
HWY_INLINE void clear(Vector (&vectors)[kVectors]) {
#pragma GCC unroll 32
  for (int v = 0; v < kVectors; ++v) {
    vectors[v] = hn::Zero(kFloats);
  }
}

template <int kVectors>
HWY_INLINE void load(Vector (&vectors)[kVectors], const float* from) {
#pragma GCC unroll 32
  for (int v = 0; v < kVectors; ++v) {
    vectors[v] = hn::LoadU(kFloats, from + v * kLanes);
  }
}

template <int kVectors>
HWY_INLINE void store(const Vector (&vectors)[kVectors], float* to) {
#pragma GCC unroll 32
  for (int v = 0; v < kVectors; ++v) {
    hn::StoreU(vectors[v], kFloats, to + v * kLanes);
  }
}

// vectors += factor * from
template <int kVectors>
HWY_INLINE void add_multiple(Vector (&vectors)[kVectors], Vector factor, const float* from) {
#pragma GCC unroll 32
  for (int v = 0; v < kVectors; ++v) {
    vectors[v] = hn::MulAdd(factor, hn::LoadU(kFloats, from + v * kLanes), vectors[v]);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace plumbline::fast
HWY_AFTER_NAMESPACE();

#endif
