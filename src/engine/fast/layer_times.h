#pragma once

#include <chrono>
#include <map>
#include <string>

namespace plumbline::fast {

// Where the time of training steps goes, in seconds over all steps. A group of layers that one
// operation does together is told by the name of its first.
struct LayerTimes {
  struct OfLayer {
    double forward_seconds = 0;
    double backward_seconds = 0;  // with the update of a kernel that stands in panels
  };
  std::map<std::string, OfLayer> layers;
  double loss_seconds = 0;
  double optimizer_seconds = 0;  // of the flat parameters
};

// Adds what `work` takes to `seconds`, unless that is null.
template <typename Work>
void add_time(double* seconds, const Work& work) {
  if (seconds == nullptr) {
    return work();
  }
  const auto start = std::chrono::steady_clock::now();
  work();
  *seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace plumbline::fast
