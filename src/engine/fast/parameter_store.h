#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "study/network.h"
#include "tensor/tensor.h"

namespace plumbline::fast {

// All parameters of a network. The trainable ones lie one after another in one buffer, each on its
// own cache line. The first of them are flat: they have canonical layouts, and their gradients lie
// likewise in another buffer, so that an optimizer is one loop over both. Behind them stand the
// kernels of dense layers that are kept in panels (kernels/dense_layout.h), transposed to (outputs,
// inputs); the operation that finds their gradients updates them itself. Addresses never change.
class ParameterStore {
 public:
  // `in_panels`: the kernels that are to be kept so, by their canonical names.
  ParameterStore(const Network& network, const std::set<std::string>& in_panels);

  // Of a parameter by its canonical name.
  [[nodiscard]] float* weight(const std::string& name);
  [[nodiscard]] float* gradient(const std::string& name);  // flat ones only
  // Where a trainable parameter stands in the buffer, and in slots that go with the buffer.
  [[nodiscard]] std::size_t offset(const std::string& name) const { return place(name).offset; }

  // How many floats the trainable parameters take, with what lies between them.
  [[nodiscard]] std::size_t trainable_floats() const { return trainable_floats_; }
  // The buffers of the flat parameters; what lies between them is zero in both.
  [[nodiscard]] std::span<float> flat_weights();
  [[nodiscard]] std::span<const float> flat_gradients() const;

  // In canonical layouts. Throws Error that names what is missing or misshapen.
  void set_state(const TensorMap& state);
  [[nodiscard]] TensorMap state() const;

 private:
  struct Place {
    ParameterSpec spec;
    bool in_panels = false;
    std::size_t offset = 0;
    [[nodiscard]] std::size_t floats() const;
  };
  [[nodiscard]] const Place& place(const std::string& name) const;
  void check(const TensorMap& state) const;

  std::vector<Place> places_;
  std::map<std::string, std::size_t> index_;
  std::size_t flat_floats_ = 0;
  std::size_t trainable_floats_ = 0;
  Tensor weights_;
  Tensor gradients_;
};

}  // namespace plumbline::fast
