#pragma once

#include <cstddef>
#include <functional>

namespace plumbline {

// Many trainings at once, each on one thread of its own: calls train(0) .. train(count - 1), at
// most `at_once` at a time. Inside a call OpenMP has one thread, so a Trainer made there works on
// the caller's thread alone; it gives the numbers it would give anywhere, and calls share nothing.
// All calls are made even when one throws; then the first exception, by number, is thrown.
void train_replicas(std::size_t count,
                    std::size_t at_once,
                    const std::function<void(std::size_t)>& train);

// How many replicas to run at once: one a core, but no more than fit into `available_bytes`, and at
// least one.
[[nodiscard]] std::size_t replicas_at_once(std::size_t cores,
                                           std::size_t available_bytes,
                                           std::size_t bytes_each);

}  // namespace plumbline
