#include "engine/fast/operation.h"
#include "engine/fast/window.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

// Max and average pool, in the layout in which the input comes. Padded places never win and are not
// counted.
class PoolOperation : public Operation {
 public:
  PoolOperation(const Site& site,
                dnnl::algorithm algorithm,
                const Window& window,
                Value& input,
                Value& output)
      : site_(site), algorithm_(algorithm), window_(window), input_(input), output_(output) {
    const Runtime& runtime = site.runtime;
    const memory::dims& in = input.dims();
    const memory::dims dims{in[0], in[1], slid(in, 0), slid(in, 1)};
    forward_desc_ = dnnl::pooling_forward::primitive_desc(
        {site.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference,
         algorithm,
         input.desc(),
         any_desc(dims),
         window.stride,
         window.size,
         window.padding_begin,
         window.padding_end},
        runtime.engine);
    output.data = memory(forward_desc_.dst_desc(), runtime.engine);
    call_ = {dnnl::pooling_forward(forward_desc_),
             {{DNNL_ARG_SRC, input.data}, {DNNL_ARG_DST, output.data}}};
    if (has_workspace()) {  // which place won
      workspace_ = memory(forward_desc_.workspace_desc(), runtime.engine);
      call_.arguments.emplace(DNNL_ARG_WORKSPACE, workspace_);
    }
  }

  void forward() override { call_.run(site_.runtime); }

  void prepare_backward() override {
    const Runtime& runtime = site_.runtime;
    gradient_ = OutputGradient(runtime, output_);
    const dnnl::pooling_backward::primitive_desc desc({algorithm_,
                                                       input_.desc(),
                                                       output_.desc(),
                                                       window_.stride,
                                                       window_.size,
                                                       window_.padding_begin,
                                                       window_.padding_end},
                                                      runtime.engine,
                                                      forward_desc_);
    const memory found(input_.desc(), runtime.engine);
    backward_call_ = {dnnl::pooling_backward(desc),
                      {{DNNL_ARG_DIFF_DST, gradient_.memory()}, {DNNL_ARG_DIFF_SRC, found}}};
    if (has_workspace()) {
      backward_call_.arguments.emplace(DNNL_ARG_WORKSPACE, workspace_);
    }
    input_gradient_ = InputGradient(runtime, input_, found);
  }

  void backward() override {
    gradient_.run(site_.runtime);
    backward_call_.run(site_.runtime);
    input_gradient_.run(site_.runtime);
  }

 private:
  [[nodiscard]] std::int64_t slid(const memory::dims& in, std::size_t axis) const {
    return (in[axis + 2] + window_.padding_begin[axis] + window_.padding_end[axis] -
            window_.size[axis]) /
               window_.stride[axis] +
           1;
  }
  [[nodiscard]] bool has_workspace() const {
    return site_.training && algorithm_ == dnnl::algorithm::pooling_max;
  }

  Site site_;
  dnnl::algorithm algorithm_;
  Window window_;
  Value& input_;
  Value& output_;
  dnnl::pooling_forward::primitive_desc forward_desc_;
  memory workspace_;
  Call call_;
  OutputGradient gradient_;
  Call backward_call_;
  InputGradient input_gradient_;
};

// The average over all places: an average pool as large as the image, and its single place dropped
// from the shape.
class GlobalAveragePoolOperation : public Operation {
 public:
  GlobalAveragePoolOperation(const Site& site, Value& input, Value& output)
      : site_(site), output_(output) {
    const memory::dims& in = input.dims();
    const Window window{{in[2], in[3]}, {1, 1}, {0, 0}, {0, 0}};
    pooled_.wants_gradient = input.wants_gradient;
    pool_ = std::make_unique<PoolOperation>(
        site, dnnl::algorithm::pooling_avg_exclude_padding, window, input, pooled_);
    relayout_ = Relayout(site.runtime, pooled_.data, canonical_desc(pooled_.dims()));
    output.data = view(relayout_.target(), canonical_desc({in[0], in[1]}));
  }

  void forward() override {
    pool_->forward();
    relayout_.run(site_.runtime);
  }

  void prepare_backward() override {
    gradient_ = OutputGradient(site_.runtime, output_);
    pooled_gradient_ = InputGradient(
        site_.runtime, pooled_, view(gradient_.memory(), canonical_desc(pooled_.dims())));
    pool_->prepare_backward();
  }

  void backward() override {
    gradient_.run(site_.runtime);
    pooled_gradient_.run(site_.runtime);
    pool_->backward();
  }

 private:
  Site site_;
  Value& output_;
  Value pooled_;  // (batch, channels, 1, 1)
  OperationPointer pool_;
  Relayout relayout_;
  OutputGradient gradient_;
  InputGradient pooled_gradient_;
};

template <typename Pool>
OperationPointer make_pool(
    const Site& site, dnnl::algorithm algorithm, const Pool& pool, Value& input, Value& output) {
  const Window window = make_window(input.dims(),
                                    activation_dims(site.batch, site.layer.output_shape),
                                    pool.size,
                                    pool.stride,
                                    pool.padding);
  return std::make_unique<PoolOperation>(site, algorithm, window, input, output);
}

}  // namespace

OperationPointer make_max_pool(const Site& site, const MaxPool& pool, Value& input, Value& output) {
  return make_pool(site, dnnl::algorithm::pooling_max, pool, input, output);
}

OperationPointer make_average_pool(
    const Site& site, const AveragePool& pool, AverageOver over, Value& input, Value& output) {
  const auto algorithm = over == AverageOver::Window ? dnnl::algorithm::pooling_avg_include_padding
                                                     : dnnl::algorithm::pooling_avg_exclude_padding;
  return make_pool(site, algorithm, pool, input, output);
}

OperationPointer make_global_average_pool(const Site& site, Value& input, Value& output) {
  return std::make_unique<GlobalAveragePoolOperation>(site, input, output);
}

}  // namespace plumbline::fast
