#include "engine/replicas.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace plumbline {

void train_replicas(std::size_t count,
                    std::size_t at_once,
                    const std::function<void(std::size_t)>& train) {
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> failures(count);
  const auto work = [&] {
    omp_set_num_threads(1);  // of this thread alone
    for (std::size_t replica = next++; replica < count; replica = next++) {
      try {
        train(replica);
      } catch (...) {
        failures[replica] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(at_once, count); ++i) {
      threads.emplace_back(work);
    }
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) {
      std::rethrow_exception(failure);
    }
  }
}

std::size_t replicas_at_once(std::size_t cores,
                             std::size_t available_bytes,
                             std::size_t bytes_each) {
  const std::size_t fit = available_bytes / std::max<std::size_t>(bytes_each, 1);
  return std::max<std::size_t>(1, std::min(cores, fit));
}

}  // namespace plumbline
