#include "parity/training_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "engine/reference/model.h"
#include "engine/reference/operations/input_scaling.h"
#include "parity/cloud.h"

namespace plumbline::parity {
namespace {

using reference::Arithmetic;
using reference::Array;
using reference::Arrays;
using reference::Bounded;
using reference::BoundedArithmetic;
using reference::Float32;
using reference::Model;

template <Arithmetic A>
Array<typename A::Value> inputs_of(const Model<A>& model, const Images& images) {
  return images.scaling
             ? reference::scaled_inputs(model.arithmetic(), images.tensor, *images.scaling)
             : model.array_from(images.tensor);
}

template <typename Value>
struct Trained {
  std::vector<Value> losses;
  Arrays<Value> after;
};

template <Arithmetic A>
Trained<typename A::Value> train(const TrainingCase& training, const A& arithmetic) {
  const Model<A> model(training.settings, arithmetic);
  reference::OptimizerState<typename A::Value> optimizer;
  Trained<typename A::Value> trained;
  trained.after = model.parameters_from(training.state);
  for (const TrainingBatch& batch : training.batches) {
    auto step = model.step(
        trained.after, optimizer, {inputs_of(model, batch.images), batch.labels, batch.masks});
    trained.losses.push_back(step.loss);
    trained.after = std::move(step.after);
  }
  return trained;
}

template <Arithmetic A>
Array<typename A::Value> evaluate(const EvaluationCase& evaluation, const A& arithmetic) {
  const Model<A> model(evaluation.settings, arithmetic);
  return model.predict(model.parameters_from(evaluation.state), inputs_of(model, evaluation.images))
      .at(model.output_name());
}

// What `compute` gives in every dialect of the cloud, worked out when first asked for.
template <typename Result>
class Cloud {
 public:
  explicit Cloud(std::function<Result(const Float32&)> compute) : compute_(std::move(compute)) {}
  [[nodiscard]] const std::vector<Result>& members() {
    if (members_.empty()) {
      for (const reference::Float32Dialect& dialect : cloud_dialects()) {
        members_.push_back(compute_(Float32(dialect)));
      }
    }
    return members_;
  }
  // The worst ratio of `part(member)` to the oracle.
  template <typename Part>
  [[nodiscard]] double worst(std::span<const Bounded> expected, const Part& part) {
    double worst = 0;
    for (const Result& member : members()) {
      worst = std::max(worst, worst_ratio(expected, part(member)));
    }
    return worst;
  }

 private:
  std::function<Result(const Float32&)> compute_;
  std::vector<Result> members_;
};

std::vector<double> update_of(std::span<const Bounded> after, std::span<const float> before) {
  std::vector<double> update(after.size());
  std::transform(
      after.begin(), after.end(), before.begin(), update.begin(), [](Bounded w, float w_before) {
        return w.value - static_cast<double>(w_before);
      });
  return update;
}

std::vector<double> values_of(std::span<const Bounded> expected) {
  std::vector<double> values(expected.size());
  std::transform(
      expected.begin(), expected.end(), values.begin(), [](Bounded x) { return x.value; });
  return values;
}

Judgement judge_loss(std::size_t step,
                     const Bounded& expected,
                     double loss,
                     Cloud<Trained<float>>& cloud) {
  const auto found = static_cast<float>(loss);
  const double signal = expected.value;
  const auto part = [step](const Trained<float>& member) {
    return std::span<const float>(&member.losses[step], 1);
  };
  return judge(fmt::format("loss/{}", step + 1), {&expected, 1}, {&found, 1}, {&signal, 1}, [&] {
    return cloud.worst({&expected, 1}, part);
  });
}

Judgement judge_parameter(const std::string& name,
                          std::span<const Bounded> expected,
                          const TrainingCase& training,
                          const TrainingFound& found,
                          Cloud<Trained<float>>& cloud) {
  const auto part = [&name](const Trained<float>& member) {
    return member.after.at(name).values();
  };
  const auto before = training.state.at(name).as<float>();
  return judge(name, expected, found.after.at(name).as<float>(), update_of(expected, before), [&] {
    return cloud.worst(expected, part);
  });
}

}  // namespace

std::vector<Judgement> judge_training(const TrainingCase& training, const TrainingFound& found) {
  reference::check_state(training.settings.network, found.after);
  const Trained<Bounded> expected = train(training, BoundedArithmetic{});
  Cloud<Trained<float>> cloud([&](const Float32& dialect) { return train(training, dialect); });
  std::vector<Judgement> judgements;
  for (std::size_t step = 0; step < std::min(found.losses.size(), expected.losses.size()); ++step) {
    if (const std::optional<double>& loss = found.losses[step]) {
      judgements.push_back(judge_loss(step, expected.losses[step], *loss, cloud));
    }
  }
  for (const auto& [name, array] : expected.after) {
    judgements.push_back(judge_parameter(name, array.values(), training, found, cloud));
  }
  return judgements;
}

Judgement judge_evaluation(const EvaluationCase& evaluation, const Tensor& outputs) {
  const Array<Bounded> expected = evaluate(evaluation, BoundedArithmetic{});
  if (outputs.shape() != expected.shape()) {
    throw Error(fmt::format("The outputs have the shape {}, but {} is needed.",
                            to_string(outputs.shape()),
                            to_string(expected.shape())));
  }
  Cloud<Array<float>> cloud([&](const Float32& dialect) { return evaluate(evaluation, dialect); });
  const auto part = [](const Array<float>& member) { return member.values(); };
  return judge(
      "outputs", expected.values(), outputs.as<float>(), values_of(expected.values()), [&] {
        return cloud.worst(expected.values(), part);
      });
}

}  // namespace plumbline::parity
