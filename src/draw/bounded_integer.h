#pragma once

#include <cstdint>

#include "base/philox.h"

namespace plumbline {

// A uniform integer below `range` (at least 1) by Lemire's multiply-and-reject (ACM TOMACS 29,
// 2019): the upper half of word * range, refused when the lower half is below 2^32 mod range.
// Attempt a takes word `position` of the BatchOrder stream of this epoch with id a, so no
// position's number depends on another's.
[[nodiscard]] std::uint32_t bounded_integer(std::uint32_t range,
                                            std::uint32_t position,
                                            std::uint32_t epoch,
                                            PhiloxKey key);

}  // namespace plumbline
