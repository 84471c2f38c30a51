#include <algorithm>
#include <cmath>

#include "engine/fast/kernels/norm.h"
#include "engine/fast/operation.h"
#include "engine/fast/parallel.h"
#include "engine/fast/parts.h"

namespace plumbline::fast {
namespace {

using dnnl::memory;

// The running variance takes in (variance + offset) * factor, by what frameworks mean by it.
struct EnteringVariance {
  double factor = 1;
  double offset = 0;
};
EnteringVariance entering_variance(RunningVariance meaning, double rows, double epsilon) {
  switch (meaning) {
    case RunningVariance::Biased:
      break;
    case RunningVariance::Unbiased:
      return {.factor = rows > 1 ? rows / (rows - 1) : 1};
    case RunningVariance::BiasedPlusEpsilon:
      return {.offset = epsilon};
    case RunningVariance::Keras2:
      return {.factor = rows / (rows - 1 - epsilon)};
    case RunningVariance::Keras2Theano:
      return {.factor = rows / (rows - 1 - epsilon), .offset = epsilon};
  }
  return {};
}

// How running = keep * running + take * (batch + offset).
struct RunningShares {
  float keep;
  float take;
  float take_variance;
  float offset;
  RunningShares(const BatchNorm& norm, const Dialect& dialect, double rows) {
    const double momentum = norm.momentum.value();
    const bool of_new = dialect.norm_momentum == NormMomentum::OfNew;
    const auto complement = dialect.constants == Constants::Float32
                                ? 1.0F - static_cast<float>(momentum)
                                : static_cast<float>(1.0 - momentum);
    keep = of_new ? complement : static_cast<float>(momentum);
    take = of_new ? static_cast<float>(momentum) : complement;
    const auto entering = entering_variance(dialect.running_variance, rows, norm.epsilon.value());
    take_variance = static_cast<float>(take * entering.factor);
    offset = static_cast<float>(entering.offset);
  }
};

// Whether the channels of a layout lie side by side, or in blocks that do.
bool has_channel_blocks(const memory::desc& desc) {
  const auto& blocking = desc.data.format_desc.blocking;
  if (blocking.inner_nblks == 0) {
    return blocking.strides[1] == 1;
  }
  return blocking.inner_nblks == 1 && blocking.inner_idxs[0] == 1;
}

NormLayout norm_layout(const memory::desc& desc) {
  const memory::dims dims = desc.dims();
  const auto& blocking = desc.data.format_desc.blocking;
  NormLayout layout;
  layout.places = dims.size() == 4 ? dims[2] * dims[3] : 1;
  layout.channels = dims[1];
  layout.image_stride = blocking.strides[0];
  layout.place_stride = dims.size() == 4 ? blocking.strides[3] : 0;
  layout.block = blocking.inner_nblks == 0 ? dims[1] : blocking.inner_blks[0];
  layout.block_stride = blocking.inner_nblks == 0 ? dims[1] : blocking.strides[1];
  return layout;
}

// Normalises over all axes but the channels, in the layout in which the input comes. Training uses
// the batch's mean and biased variance; prediction uses the running ones. Sums go over parts of the
// batch, and then over the parts in order.
class BatchNormOperation : public Operation {
 public:
  BatchNormOperation(
      const Site& site, const BatchNorm& norm, const Dialect& dialect, Value& input, Value& output)
      : site_(site),
        input_(input),
        output_(output),
        epsilon_(static_cast<float>(norm.epsilon.value())),
        relayout_(site.runtime,
                  input.data,
                  has_channel_blocks(input.desc()) ? input.desc() : canonical_desc(input.dims())),
        layout_(norm_layout(relayout_.target().get_desc())),
        rows_(static_cast<float>(site.batch * layout_.places)),
        shares_(norm, dialect, rows_),
        parts_(site.batch, kMostParts),
        mean_(by_channel()),
        variance_(by_channel()),
        inverse_(by_channel()) {
    output.data = zeroed(relayout_.target().get_desc());
  }

  void forward() override {
    relayout_.run(site_.runtime);
    if (site_.training) {
      find_statistics();
      update_running("moving_mean", mean_, shares_.take, 0);
      update_running("moving_variance", variance_, shares_.take_variance, shares_.offset);
    }
    set_inverse(site_.training ? variance_.data() : weight("moving_variance"));
    const Normalisation norm = normalisation();
    for_parts([&](std::int64_t, ImageRange images) {
      norm_apply(layout_, images, norm, floats(relayout_.target()), floats(output_.data));
    });
  }

  void prepare_backward() override {
    gradient_ = OutputGradient(site_.runtime, output_);
    if (input_.wants_gradient) {
      found_ = zeroed(output_.desc());
      input_gradient_ = InputGradient(site_.runtime, input_, found_);
    }
  }

  void backward() override {
    gradient_.run(site_.runtime);
    const float* x = floats(relayout_.target());
    const float* dy = floats(gradient_.memory());
    const Normalisation norm = normalisation();
    std::vector<float> gamma_sums = by_part();
    std::vector<float> beta_sums = by_part();
    for_parts([&](std::int64_t part, ImageRange images) {
      norm_sum_gradients(layout_, images, norm, x, dy, at(gamma_sums, part), at(beta_sums, part));
    });
    float* gamma_gradient = site_.parameters.gradient(site_.parameter("gamma"));
    float* beta_gradient = site_.parameters.gradient(site_.parameter("beta"));
    add_parts(gamma_sums, 1, gamma_gradient);
    add_parts(beta_sums, 1, beta_gradient);
    if (input_.wants_gradient) {
      std::vector<float> gamma_mean = by_channel();
      std::vector<float> beta_mean = by_channel();
      add_parts(gamma_sums, rows_, gamma_mean.data());
      add_parts(beta_sums, rows_, beta_mean.data());
      for_parts([&](std::int64_t, ImageRange images) {
        norm_backward(
            layout_, images, norm, gamma_mean.data(), beta_mean.data(), x, dy, floats(found_));
      });
      input_gradient_.run(site_.runtime);
    }
  }

 private:
  static constexpr std::int64_t kMostParts = 16;

  [[nodiscard]] float* weight(const char* role) const {
    return site_.parameters.weight(site_.parameter(role));
  }
  [[nodiscard]] std::vector<float> by_channel() const {
    return std::vector<float>(static_cast<std::size_t>(layout_.channels));
  }
  [[nodiscard]] std::vector<float> by_part() const {
    return std::vector<float>(static_cast<std::size_t>(parts_.count() * layout_.channels));
  }
  [[nodiscard]] float* at(std::vector<float>& sums, std::int64_t part) const {
    return sums.data() + part * layout_.channels;
  }
  // The kernels leave a layout's padding alone.
  [[nodiscard]] memory zeroed(const memory::desc& desc) const {
    memory made(desc, site_.runtime.engine);
    std::fill_n(floats(made), stored_floats(made), 0.0F);
    return made;
  }
  [[nodiscard]] Normalisation normalisation() const {
    return {site_.training ? mean_.data() : weight("moving_mean"),
            inverse_.data(),
            weight("gamma"),
            weight("beta")};
  }

  template <typename Body>
  void for_parts(const Body& body) const {
    parallel_for(parts_.count(), [&](std::int64_t part) {
      body(part, ImageRange{parts_.begin(part), parts_.begin(part + 1)});
    });
  }

  // to = the sum over the parts / divisor
  void add_parts(std::vector<float>& sums, float divisor, float* to) const {
    std::fill_n(to, layout_.channels, 0.0F);
    for (std::int64_t part = 0; part < parts_.count(); ++part) {
      std::transform(to, to + layout_.channels, at(sums, part), to, std::plus<>());
    }
    std::transform(to, to + layout_.channels, to, [=](float sum) { return sum / divisor; });
  }

  void find_statistics() {
    const float* x = floats(relayout_.target());
    std::vector<float> sums = by_part();
    for_parts([&](std::int64_t part, ImageRange images) {
      norm_sum(layout_, images, x, at(sums, part));
    });
    add_parts(sums, rows_, mean_.data());
    for_parts([&](std::int64_t part, ImageRange images) {
      norm_sum_squares(layout_, images, x, mean_.data(), at(sums, part));
    });
    add_parts(sums, rows_, variance_.data());
  }

  void set_inverse(const float* variance) {
    std::transform(variance, variance + layout_.channels, inverse_.begin(), [this](float value) {
      return 1.0F / std::sqrt(value + epsilon_);
    });
  }

  void update_running(const char* role,
                      const std::vector<float>& batch,
                      float take,
                      float offset) const {
    float* running = weight(role);
    for (std::size_t c = 0; c < batch.size(); ++c) {
      running[c] = shares_.keep * running[c] + take * (batch[c] + offset);
    }
  }

  Site site_;
  Value& input_;
  Value& output_;
  float epsilon_;
  Relayout relayout_;
  NormLayout layout_;
  float rows_;
  RunningShares shares_;
  BatchParts parts_;
  std::vector<float> mean_;
  std::vector<float> variance_;  // over the batch, biased
  std::vector<float> inverse_;
  OutputGradient gradient_;
  memory found_;
  InputGradient input_gradient_;
};

}  // namespace

OperationPointer make_batch_norm(
    const Site& site, const BatchNorm& norm, const Dialect& dialect, Value& input, Value& output) {
  return std::make_unique<BatchNormOperation>(site, norm, dialect, input, output);
}

}  // namespace plumbline::fast
