#include <algorithm>
#include <optional>

#include "base/error.h"
#include "engine/fast/eltwise.h"
#include "engine/fast/operation.h"
#include "engine/fast/parallel.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

// A row-major matrix, or some columns of one.
struct Matrix {
  float* values;
  std::int64_t row_floats;
  bool transposed = false;
};

// to (rows, columns) = left (rows, inner) * right (inner, columns), on the calling thread if that is
// inside of a parallel loop.
void multiply(const Matrix& left,
              const Matrix& right,
              const Matrix& to,
              std::int64_t rows,
              std::int64_t columns,
              std::int64_t inner) {
  const dnnl::status status = dnnl::sgemm(left.transposed ? 'T' : 'N',
                                          right.transposed ? 'T' : 'N',
                                          rows,
                                          columns,
                                          inner,
                                          1.0F,
                                          left.values,
                                          left.row_floats,
                                          right.values,
                                          right.row_floats,
                                          0.0F,
                                          to.values,
                                          to.row_floats);
  if (status != dnnl::status::success) {
    throw Error("oneDNN's matrix product failed.");
  }
}

// Calls body(begin, count) for slices of an extent, whose number depends on the extent alone. No sum
// goes over slices, so bits do not depend on the threads that take them.
template <typename Body>
void for_slices(std::int64_t extent, const Body& body) {
  constexpr std::int64_t kSmallest = 64;
  constexpr std::int64_t kMost = 16;
  const std::int64_t count =
      std::clamp<std::int64_t>(extent / kSmallest, 1, kMost);
  parallel_for(count, [&](std::int64_t slice) {
    const std::int64_t begin = extent * slice / count;
    body(begin, extent * (slice + 1) / count - begin);
  });
}

// outputs = inputs * kernel + bias, by oneDNN's matrix product on the canonical layouts: a large
// kernel is read and written once a step, so that bringing it into another layout would cost what
// that layout gains.
class DenseOperation : public Operation {
 public:
  DenseOperation(
      const Site& site, const Dense& dense, Value& input, Value& output, const Activation* fused)
      : site_(site),
        input_(input),
        output_(output),
        inputs_(input.dims()[1]),
        outputs_(dense.units),
        has_bias_(dense.bias) {
    const Runtime& runtime = site.runtime;
    output.data =
        memory(canonical_desc(activation_dims(site.batch, site.layer.output_shape)), runtime.engine);
    if (fused != nullptr) {
      fused_ = *fused;
      activation_call_ = activation_call(runtime, *fused, output.data, output.data);
    }
  }

  void forward() override {
    const float* bias = has_bias_ ? site_.parameters.weight(site_.parameter("bias")) : nullptr;
    float* kernel = site_.parameters.weight(site_.parameter("kernel"));
    for_slices(outputs_, [&](std::int64_t begin, std::int64_t count) {
      multiply({floats(input_.data), inputs_},
               {kernel + begin, outputs_},
               {floats(output_.data) + begin, outputs_},
               site_.batch,
               count,
               inputs_);
    });
    if (bias != nullptr) {
      add_to_rows(bias);
    }
    if (fused_) {
      activation_call_.run(site_.runtime);
    }
  }

  void prepare_backward() override {
    const Runtime& runtime = site_.runtime;
    output_gradient_ = OutputGradient(runtime, output_);
    activation_gradient_ = FusedActivationGradient(
        runtime, fused_ ? &*fused_ : nullptr, output_.data, output_gradient_.memory());
    if (input_.wants_gradient) {
      found_ = memory(input_.desc(), runtime.engine);
      input_gradient_ = InputGradient(runtime, input_, found_);
    }
  }

  void backward() override {
    const Runtime& runtime = site_.runtime;
    output_gradient_.run(runtime);
    activation_gradient_.run(runtime);
    float* gradient = floats(activation_gradient_.memory());
    float* kernel_gradient = site_.parameters.gradient(site_.parameter("kernel"));
    for_slices(inputs_, [&](std::int64_t begin, std::int64_t count) {
      multiply({floats(input_.data) + begin, inputs_, true},
               {gradient, outputs_},
               {kernel_gradient + begin * outputs_, outputs_},
               count,
               outputs_,
               site_.batch);
    });
    if (has_bias_) {
      sum_rows(gradient, site_.parameters.gradient(site_.parameter("bias")));
    }
    if (input_.wants_gradient) {
      float* kernel = site_.parameters.weight(site_.parameter("kernel"));
      for_slices(inputs_, [&](std::int64_t begin, std::int64_t count) {
        multiply({gradient, outputs_},
                 {kernel + begin * outputs_, outputs_, true},
                 {floats(found_) + begin, inputs_},
                 site_.batch,
                 count,
                 outputs_);
      });
      input_gradient_.run(runtime);
    }
  }

 private:
  void add_to_rows(const float* bias) const {
    float* rows = floats(output_.data);
    parallel_for(site_.batch, [&](std::int64_t image) {
      float* row = rows + image * outputs_;
      std::transform(row, row + outputs_, bias, row, std::plus<>());
    });
  }

  void sum_rows(const float* rows, float* sums) const {
    for_slices(outputs_, [&](std::int64_t begin, std::int64_t count) {
      std::fill_n(sums + begin, count, 0.0F);
      for (std::int64_t image = 0; image < site_.batch; ++image) {
        const float* row = rows + image * outputs_ + begin;
        std::transform(row, row + count, sums + begin, sums + begin, std::plus<>());
      }
    });
  }

  Site site_;
  Value& input_;
  Value& output_;
  std::int64_t inputs_;
  std::int64_t outputs_;
  bool has_bias_;
  std::optional<Activation> fused_;
  Call activation_call_;  // in place
  OutputGradient output_gradient_;
  FusedActivationGradient activation_gradient_;
  memory found_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_dense(
    const Site& site, const Dense& dense, Value& input, Value& output, const Activation* fused) {
  return std::make_unique<DenseOperation>(site, dense, input, output, fused);
}

}  // namespace plumbline::fast
