#include "engine/fast/value.h"

#include <algorithm>

namespace plumbline::fast {

OutputGradient::OutputGradient(const Runtime& runtime, const Value& value) {
  const std::vector<dnnl::memory>& parts = value.contributions;
  if (parts.size() == 1) {
    memory_ = parts.front();
    return;
  }
  memory_ = dnnl::memory(value.desc(), runtime.engine);
  if (parts.empty()) {  // a layer that nothing uses
    std::fill_n(floats(memory_), stored_floats(memory_), 0.0F);
    return;
  }
  const dnnl::sum::primitive_desc desc(value.desc(),
                                       std::vector<float>(parts.size(), 1.0F),
                                       std::vector<dnnl::memory::desc>(parts.size(), value.desc()),
                                       runtime.engine);
  sum_ = {dnnl::sum(desc), {{DNNL_ARG_DST, memory_}}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    sum_.arguments.emplace(DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), parts[i]);
  }
}

void OutputGradient::run(const Runtime& runtime) const {
  if (sum_.primitive) {
    sum_.run(runtime);
  }
}

InputGradient::InputGradient(const Runtime& runtime, Value& value, const dnnl::memory& found)
    : relayout_(runtime, found, value.desc()) {
  value.contributions.push_back(relayout_.target());
}

}  // namespace plumbline::fast
