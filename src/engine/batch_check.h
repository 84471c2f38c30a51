#pragma once

#include <cstdint>
#include <span>

#include "engine/trainer.h"
#include "study/network.h"
#include "tensor/tensor.h"

namespace plumbline {

// What both engines ask of what comes from outside, before any of it is computed with. All throw
// Error with a sentence that names the object at fault, its layer and the shapes. Thread-safe.

// A batch of one or more, (batch, ...network input). The second also asks for F32 and for numbers
// that are all finite: a NaN in the data would end as a NaN in every weight.
void check_batch_shape(const Network& network, const Shape& inputs);
void check_inputs(const Network& network, const Tensor& inputs);
// One label for each of `batch` inputs, each one of the last layer's outputs, which are a vector.
void check_labels(const Network& network, std::int64_t batch, std::span<const std::int64_t> labels);
// A mask (batch, ...layer output), U8, for each dropout layer.
void check_masks(const Network& network, std::int64_t batch, const TensorMap& masks);

// All that a training step takes.
void check_batch(const Network& network, const Batch& batch);

}  // namespace plumbline
