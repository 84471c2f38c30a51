#pragma once

#include <vector>

#include "engine/fast/runtime.h"

namespace plumbline::fast {

// An activation of one plan: where it lies, and what its users found to be its gradient. One of
// rank 2 always has the canonical layout; one of rank 4 has the layout that its producer chose.
struct Value {
  dnnl::memory data;
  // False where nothing trainable lies below: then nobody works out the gradient.
  bool wants_gradient = false;
  // One for each user, in the layout of `data`; filled while backward is prepared.
  std::vector<dnnl::memory> contributions;

  [[nodiscard]] dnnl::memory::desc desc() const { return data.get_desc(); }
  [[nodiscard]] dnnl::memory::dims dims() const { return data.get_desc().dims(); }
};

// The gradient of a value as its producer reads it: the sum over all users. Made when all of them
// are prepared.
class OutputGradient {
 public:
  OutputGradient() = default;
  OutputGradient(const Runtime& runtime, const Value& value);
  [[nodiscard]] const dnnl::memory& memory() const { return memory_; }
  void run(const Runtime& runtime) const;

 private:
  dnnl::memory memory_;
  Call sum_;  // empty where there is one user
};

// A user's contribution to the gradient of its input, in the layout in which it was worked out.
class InputGradient {
 public:
  InputGradient() = default;
  // Registers `found`, in the value's own layout, as a contribution.
  InputGradient(const Runtime& runtime, Value& value, const dnnl::memory& found);
  // To be called when `found` is filled.
  void run(const Runtime& runtime) const { relayout_.run(runtime); }

 private:
  Relayout relayout_;
};

}  // namespace plumbline::fast
