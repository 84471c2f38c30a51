#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "study/network.h"
#include "tensor/tensor.h"

namespace plumbline::fast {

// All parameters of a network in canonical layouts. The trainable ones lie one after another in one
// buffer, each on its own cache line, and their gradients likewise in another, so that an optimizer
// is one loop over both. Addresses never change.
class ParameterStore {
 public:
  explicit ParameterStore(const Network& network);

  // Of a parameter by its canonical name.
  [[nodiscard]] float* weight(const std::string& name);
  [[nodiscard]] float* gradient(const std::string& name);  // trainable ones only

  // The buffers of the trainable parameters; what lies between them is zero in both.
  [[nodiscard]] std::span<float> weights();
  [[nodiscard]] std::span<const float> gradients() const;

  void set_state(const TensorMap& state);
  [[nodiscard]] TensorMap state() const;

 private:
  struct Place {
    ParameterSpec spec;
    std::size_t offset = 0;  // trainable ones come first
  };
  [[nodiscard]] const Place& place(const std::string& name) const;

  std::vector<Place> places_;
  std::map<std::string, std::size_t> index_;
  std::size_t trainable_floats_ = 0;
  Tensor weights_;
  Tensor gradients_;
};

}  // namespace plumbline::fast
