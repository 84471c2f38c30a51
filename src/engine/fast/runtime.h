#pragma once

#include <cstdint>
#include <dnnl.hpp>
#include <unordered_map>

#include "tensor/tensor.h"

namespace plumbline::fast {

// oneDNN's engine and stream. A stream of the CPU engine runs a primitive to its end within
// `execute`.
struct Runtime {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
};

// A primitive with the memories it works on; those keep their handles over all steps.
struct Call {
  dnnl::primitive primitive;
  std::unordered_map<int, dnnl::memory> arguments;
  void run(const Runtime& runtime) const { primitive.execute(runtime.stream, arguments); }
};

// Brings a memory into a wanted layout. Costs nothing where it has it already: then `target()` is
// the source itself.
class Relayout {
 public:
  Relayout() = default;
  Relayout(const Runtime& runtime, const dnnl::memory& source, const dnnl::memory::desc& wanted);
  // Into memory that is already there, which must not be the source.
  Relayout(const dnnl::memory& source, const dnnl::memory& target);
  [[nodiscard]] const dnnl::memory& target() const { return target_; }
  void run(const Runtime& runtime) const;

 private:
  dnnl::memory source_;
  dnnl::memory target_;
  dnnl::reorder reorder_;  // empty where there is nothing to do
};

// oneDNN's dimensions of an activation: (batch, channels, height, width) or (batch, features).
[[nodiscard]] dnnl::memory::dims activation_dims(std::int64_t batch, const Shape& shape);
// float32 in the canonical layout: NHWC, or row-major.
[[nodiscard]] dnnl::memory::desc canonical_desc(const dnnl::memory::dims& dims);
// float32 in whatever layout a primitive likes best.
[[nodiscard]] dnnl::memory::desc any_desc(const dnnl::memory::dims& dims);
// The same bytes under another description, which must be of the same size.
[[nodiscard]] dnnl::memory view(const dnnl::memory& memory, const dnnl::memory::desc& desc);
// A parameter or gradient of one axis, over memory that somebody else owns.
[[nodiscard]] dnnl::memory vector_memory(const Runtime& runtime, float* values, std::int64_t size);
[[nodiscard]] float* floats(const dnnl::memory& memory);
// A copy of an activation, in the canonical layout.
[[nodiscard]] Tensor canonical_tensor(const Runtime& runtime, const dnnl::memory& memory);
// How many floats the layout takes, its padding included.
[[nodiscard]] std::int64_t stored_floats(const dnnl::memory& memory);

}  // namespace plumbline::fast
