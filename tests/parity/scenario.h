#pragma once

#include <cstdint>

#include "engine/reference/arithmetic/float32.h"
#include "parity/training_check.h"

namespace plumbline::parity {

// The two test networks on made-up digits, and what a float32 framework makes of them.

// The CNN of Mahajan 2017; `narrowing` divides its filters and units.
[[nodiscard]] Network paper_cnn(std::int64_t narrowing);
// Two residual blocks, the second with a projection and stride 2, batch_norm behind every
// convolution.
[[nodiscard]] Network residual_net();

// SGD 0.1 with momentum 0.9 from He-normal weights on `steps` batches of eight stored images.
[[nodiscard]] TrainingCase training_case(const Network& network, std::uint32_t seed, int steps = 1);
// What a framework in this dialect would answer.
[[nodiscard]] TrainingFound trained_in(const TrainingCase& training,
                                       const reference::Float32Dialect& dialect);

}  // namespace plumbline::parity
