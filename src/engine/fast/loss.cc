#include "engine/fast/loss.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/fast/parallel.h"

namespace plumbline::fast {
namespace {

using Row = std::span<const float>;

// log(sum(exp(z))) - z_label, and (softmax(z) - one_hot) * scale.
double softmax_cross_entropy(Row logits,
                             std::size_t label,
                             float scale,
                             std::span<float> gradient) {
  const float largest = *std::ranges::max_element(logits);
  float sum = 0;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    gradient[c] = std::exp(logits[c] - largest);
    sum += gradient[c];
  }
  for (std::size_t c = 0; c < logits.size(); ++c) {
    gradient[c] = (gradient[c] / sum - (c == label ? 1.0F : 0.0F)) * scale;
  }
  return std::log(sum) + (largest - logits[label]);
}

// sum((y - one_hot)^2), and (y - one_hot) * scale.
double squared_error(Row outputs, std::size_t label, float scale, std::span<float> gradient) {
  float sum = 0;
  for (std::size_t c = 0; c < outputs.size(); ++c) {
    const float difference = outputs[c] - (c == label ? 1.0F : 0.0F);
    sum += difference * difference;
    gradient[c] = difference * scale;
  }
  return sum;
}

double terms_of(Loss loss, LossReduction reduction, const dnnl::memory::dims& outputs) {
  const auto batch = static_cast<double>(outputs[0]);
  switch (reduction) {
    case LossReduction::Mean:
      break;
    case LossReduction::Sum:
      return 1;
    case LossReduction::BatchMean:
      return batch;
  }
  return loss == Loss::SoftmaxCrossEntropy ? batch : batch * static_cast<double>(outputs[1]);
}

}  // namespace

LossHead::LossHead(const Runtime& runtime, Loss loss, LossReduction reduction, Value& output)
    : loss_(loss),
      terms_(terms_of(loss, reduction, output.dims())),
      batch_(output.dims()[0]),
      classes_(output.dims()[1]),
      output_(output.data),
      gradient_(output.desc(), runtime.engine),
      row_losses_(static_cast<std::size_t>(batch_)) {
  output.contributions.push_back(gradient_);
}

double LossHead::run(std::span<const std::int64_t> labels) {
  const bool softmax = loss_ == Loss::SoftmaxCrossEntropy;
  const auto classes = static_cast<std::size_t>(classes_);
  const auto scale = static_cast<float>((softmax ? 1.0 : 2.0) / terms_);
  parallel_for(batch_, [&](std::int64_t n) {
    const auto row = static_cast<std::size_t>(n);
    const Row outputs(floats(output_) + n * classes_, classes);
    const std::span<float> gradient(floats(gradient_) + n * classes_, classes);
    const auto label = static_cast<std::size_t>(labels[row]);
    row_losses_[row] = softmax ? softmax_cross_entropy(outputs, label, scale, gradient)
                               : squared_error(outputs, label, scale, gradient);
  });
  return std::accumulate(row_losses_.begin(), row_losses_.end(), 0.0) / terms_;
}

}  // namespace plumbline::fast
