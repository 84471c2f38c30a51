#pragma once

#include <filesystem>
#include <string>

#include "study/network.h"
#include "tensor/tensor.h"
#include "worker/session.h"

namespace plumbline {

// What Plumbline checks itself instead of believing a worker. Each throws TrialEnded with the
// outcome and a reason.

// Reads a tensor file that a worker wrote. ProtocolError when it is missing, no plain file, not
// sound, or much larger than the `expected_bytes` that its tensors should take: it is read into our
// memory.
[[nodiscard]] TensorMap read_worker_tensors(const std::filesystem::path& path,
                                            const std::string& request,
                                            std::size_t expected_bytes);

// What the network's parameters take, as F32.
[[nodiscard]] std::size_t state_bytes(const Network& network);

// Exactly the network's parameters, F32, in their shapes. ProtocolError otherwise.
void check_state(const TensorMap& state, const Network& network);

// Diverged when a parameter is not finite; Untrusted when no trainable parameter differs from
// before.
void check_trained(const TensorMap& before, const TensorMap& after, const Network& network);

// (images, classes), F32: ProtocolError otherwise. Diverged when an output is not finite.
void check_outputs(const Tensor& outputs, std::int64_t images, std::int64_t classes);

}  // namespace plumbline
