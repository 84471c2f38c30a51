#include "engine/fast/parts.h"

#include <omp.h>

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "engine/fast/parallel.h"

namespace plumbline::fast {

using dnnl::memory;

ForOneThread::ForOneThread() : threads_(omp_get_max_threads()) {
  omp_set_num_threads(1);
}

ForOneThread::~ForOneThread() {
  omp_set_num_threads(threads_);
}

memory::desc with_batch(const memory::desc& desc, std::int64_t batch) {
  memory::desc changed = desc;
  const auto& blocking = desc.data.format_desc.blocking;
  const auto rank = static_cast<std::size_t>(desc.data.ndims);
  const bool outermost =
      std::all_of(blocking.strides, blocking.strides + rank, [&](dnnl_dim_t stride) {
        return stride <= blocking.strides[0];
      });
  const bool whole = std::none_of(blocking.inner_idxs,
                                  blocking.inner_idxs + blocking.inner_nblks,
                                  [](dnnl_dim_t axis) { return axis == 0; });
  if (desc.data.format_kind != dnnl_blocked || !outermost || !whole) {
    throw Error("oneDNN chose a layout in which images do not lie one after another.");
  }
  changed.data.dims[0] = batch;
  changed.data.padded_dims[0] = batch;
  return changed;
}

memory images_of(const memory& whole, std::int64_t begin, std::int64_t count) {
  const memory::desc desc = whole.get_desc();
  return {with_batch(desc, count),
          whole.get_engine(),
          floats(whole) + begin * desc.data.format_desc.blocking.strides[0]};
}

dnnl::primitive_attr with_own_scratchpad(dnnl::primitive_attr attributes) {
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

void PartedCall::add(const Runtime& runtime, Call call, const memory::desc& scratchpad) {
  call.arguments.emplace(DNNL_ARG_SCRATCHPAD, memory(scratchpad, runtime.engine));
  parts_.push_back({{runtime.engine, dnnl::stream(runtime.engine)}, std::move(call)});
}

void PartedCall::run() const {
  parallel_for(std::ssize(parts_), [&](std::int64_t i) {
    const Part& part = parts_[static_cast<std::size_t>(i)];
    part.call.run(part.runtime);
  });
}

void add_up(const std::vector<memory>& parts, float* target) {
  constexpr std::int64_t kBlock = 1024;
  const std::int64_t count = stored_floats(parts.front());
  parallel_for((count + kBlock - 1) / kBlock, [&](std::int64_t block) {
    const std::int64_t begin = block * kBlock;
    const std::int64_t end = std::min(begin + kBlock, count);
    if (target != floats(parts.front())) {
      std::copy(floats(parts.front()) + begin, floats(parts.front()) + end, target + begin);
    }
    for (std::size_t part = 1; part < parts.size(); ++part) {
      const float* from = floats(parts[part]);
      std::transform(from + begin, from + end, target + begin, target + begin, std::plus<>());
    }
  });
}

}  // namespace plumbline::fast
