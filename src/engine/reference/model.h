#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/defaults.h"
#include "engine/reference/arithmetic/bounded.h"
#include "engine/reference/arithmetic/double.h"
#include "engine/reference/arithmetic/float32.h"
#include "engine/reference/graph.h"
#include "engine/reference/layer_values.h"
#include "engine/reference/optimizers/update.h"

namespace plumbline::reference {

// What one training step learns from.
template <typename Value>
struct Examples {
  Array<Value> inputs;                   // scaled; (batch, ...)
  std::span<const std::int64_t> labels;  // 0 .. classes-1
  const TensorMap& masks;                // by dropout layer, (batch, ...), U8
};

// All that one training step computes.
template <typename Value>
struct Step {
  Arrays<Value> outputs;           // of every node (graph.h), and "input"
  Value loss{};                    // of the batch, before the update; the mean but for LossReduction
  Arrays<Value> output_gradients;  // for the output of every node, and "input"
  Arrays<Value> gradients;         // of every trainable parameter, without weight decay
  Arrays<Value> after;             // every parameter after the step
};

// A network trained in one arithmetic. Holds no weights: state goes in and comes out, so that
// several arithmetics can take the same step from the same state. Safe to share between threads.
template <Arithmetic A>
class Model {
 public:
  using Value = typename A::Value;

  Model(Settings settings, A arithmetic);

  // Takes in a whole state of float32 numbers. This and the next two throw Error that names what is
  // missing or misshapen.
  [[nodiscard]] Arrays<Value> parameters_from(const TensorMap& state) const;
  // Outputs of every node in inference mode.
  [[nodiscard]] Arrays<Value> predict(const Arrays<Value>& parameters, Array<Value> inputs) const;
  // One step of the recipe's optimizer, whose state moves on.
  [[nodiscard]] Step<Value> step(const Arrays<Value>& before,
                                 OptimizerState<Value>& optimizer,
                                 Examples<Value> examples) const;
  // An F32 tensor in this arithmetic.
  [[nodiscard]] Array<Value> array_from(const Tensor& tensor) const;
  [[nodiscard]] const A& arithmetic() const { return a_; }
  [[nodiscard]] const Network& network() const { return settings_.network; }
  [[nodiscard]] const std::string& output_name() const { return nodes_.back().layer.name; }

 private:
  // `masks` is null in inference.
  [[nodiscard]] Arrays<Value> forward(const Arrays<Value>& parameters,
                                      Array<Value> inputs,
                                      const TensorMap* masks) const;
  [[nodiscard]] LayerValues<A> values_for(const Node& node,
                                          const Arrays<Value>& parameters,
                                          const Arrays<Value>& outputs,
                                          const TensorMap* masks) const;
  // Fills in step.output_gradients and step.gradients from step.outputs.
  void backward(const Arrays<Value>& before,
                const Examples<Value>& examples,
                Step<Value>& step) const;
  // Fills in step.after.
  void update(const Arrays<Value>& before,
              OptimizerState<Value>& optimizer,
              Step<Value>& step) const;
  void update_running(const Arrays<Value>& before, Step<Value>& step) const;

  Settings settings_;
  A a_;
  std::vector<Node> nodes_;
};

extern template class Model<Double>;
extern template class Model<Float32>;
extern template class Model<BoundedArithmetic>;

}  // namespace plumbline::reference
