#include "engine/fast/runtime.h"

namespace plumbline::fast {

using dnnl::memory;

Relayout::Relayout(const Runtime& runtime, const memory& source, const memory::desc& wanted)
    : source_(source), target_(source) {
  if (source.get_desc() != wanted) {
    target_ = memory(wanted, runtime.engine);
    reorder_ = dnnl::reorder(source_, target_);
  }
}

Relayout::Relayout(const memory& source, const memory& target)
    : source_(source), target_(target), reorder_(source, target) {}

void Relayout::run(const Runtime& runtime) const {
  if (reorder_) {
    const dnnl::stream& stream = runtime.stream;
    reorder_.execute(stream, {{DNNL_ARG_FROM, source_}, {DNNL_ARG_TO, target_}});
  }
}

memory::dims activation_dims(std::int64_t batch, const Shape& shape) {
  if (shape.size() == 1) {
    return {batch, shape[0]};
  }
  return {batch, shape[2], shape[0], shape[1]};
}

memory::desc canonical_desc(const memory::dims& dims) {
  return {dims,
          memory::data_type::f32,
          dims.size() == 2 ? memory::format_tag::nc : memory::format_tag::nhwc};
}

memory::desc any_desc(const memory::dims& dims) {
  return {dims, memory::data_type::f32, memory::format_tag::any};
}

memory view(const memory& memory, const memory::desc& desc) {
  return {desc, memory.get_engine(), memory.get_data_handle()};
}

memory vector_memory(const Runtime& runtime, float* values, std::int64_t size) {
  return {{{size}, memory::data_type::f32, memory::format_tag::x}, runtime.engine, values};
}

float* floats(const memory& memory) {
  return static_cast<float*>(memory.get_data_handle());
}

Tensor canonical_tensor(const Runtime& runtime, const memory& source) {
  const memory::dims dims = source.get_desc().dims();
  Tensor tensor(DType::F32, dims.size() == 2 ? dims : Shape{dims[0], dims[2], dims[3], dims[1]});
  memory target(canonical_desc(dims), runtime.engine, tensor.as<float>().data());
  const dnnl::stream& stream = runtime.stream;
  dnnl::reorder(source, target).execute(stream, {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, target}});
  return tensor;
}

std::int64_t stored_floats(const memory& memory) {
  return static_cast<std::int64_t>(memory.get_desc().get_size() / sizeof(float));
}

}  // namespace plumbline::fast
