#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/dialect_words.h"
#include "engine/reference/losses/loss.h"
#include "engine/reference/networks.h"
#include "engine/reference/one_operation.h"
#include "engine/reference/slope.h"
#include "study/words.h"

// Every operation and every loss by itself, in every dialect: its gradients are the derivatives.

namespace plumbline::reference {
namespace {

constexpr double kComplexTolerance = 1e-12;  // of the largest: some hundred roundings of float64
constexpr double kCentralTolerance = 1e-8;

Array<ComplexStep::Value> complex_of(const Array<double>& values) {
  Array<ComplexStep::Value> widened(values.shape());
  std::copy(values.values().begin(), values.values().end(), widened.values().begin());
  return widened;
}

Array<double> random_array(const Shape& shape, std::mt19937& random) {
  std::normal_distribution<double> normal(0.3, 1);
  Array<double> values(shape);
  for (double& x : values.values()) {
    x = normal(random);
  }
  return values;
}

double largest(const Array<double>& values) {
  double size = 0;
  for (const double x : values.values()) {
    size = std::max(size, std::abs(x));
  }
  return size;
}

// `value(a, array)` is the number, in either arithmetic.
template <typename Function>
void expect_derivative(const std::string& what,
                       const Array<double>& gradient,
                       const Array<double>& x,
                       const Function& value) {
  const double size = 1 + largest(gradient);
  std::int64_t kinks = 0;
  for (std::int64_t e = 0; e < x.size(); ++e) {
    const auto in_complex = [&](const auto& shifted) { return value(ComplexStep{}, shifted); };
    const auto in_double = [&](const auto& shifted) { return value(Double{}, shifted); };
    ASSERT_NEAR(gradient(e), complex_slope(complex_of(x), e, in_complex), kComplexTolerance * size)
        << what << " element " << e;
    if (const auto slope = central_slope(x, e, in_double)) {
      ASSERT_NEAR(gradient(e), *slope, kCentralTolerance * size) << what << " element " << e;
    } else {
      ++kinks;
    }
  }
  EXPECT_LE(kinks, 1 + x.size() / 10) << what;
}

template <typename A>
Array<typename A::Value> converted(const A&, const Array<double>& values) {
  if constexpr (std::is_same_v<A, ComplexStep>) {
    return complex_of(values);
  } else {
    return values;
  }
}

// An operation and what it reads, by name: "input/0", ..., and its parameters.
struct OperationUnderTest {
  Operation operation;
  Dialect dialect;
  Arrays<double> arrays;
  std::size_t input_count = 0;
  Tensor mask;
  Array<double> dy;

  template <typename A>
  [[nodiscard]] LayerValues<A> values(const A& a, const Arrays<typename A::Value>& given) const {
    LayerValues<A> values{a, {}, given, "layer", &mask, true, dialect};
    for (std::size_t i = 0; i < input_count; ++i) {
      values.inputs.push_back(&given.at(fmt::format("input/{}", i)));
    }
    return values;
  }
  // The sum of dy * y, with x in place of the array of this name.
  template <typename A>
  [[nodiscard]] typename A::Value number(const A& a,
                                         const std::string& name,
                                         const Array<typename A::Value>& x) const {
    Arrays<typename A::Value> given;
    for (const auto& [other, array] : arrays) {
      given.emplace(other, other == name ? x : converted(a, array));
    }
    const auto y = output_of(operation, values(a, given));
    auto sum = a.sum();
    for (std::int64_t e = 0; e < y.size(); ++e) {
      sum.add_product(y(e), a.input(dy(e)));
    }
    return sum.total();
  }
};

void expect_true_gradients(const OperationUnderTest& test) {
  auto gradients = gradients_of(test.operation, test.values(Double{}, test.arrays), test.dy);
  ASSERT_EQ(gradients.inputs.size(), test.input_count);
  for (std::size_t i = 0; i < test.input_count; ++i) {
    gradients.parameters.emplace(fmt::format("input/{}", i), gradients.inputs[i]);
  }
  for (const auto& [name, gradient] : gradients.parameters) {
    expect_derivative(
        name, gradient, test.arrays.at(name), [&, name = name](const auto& a, const auto& x) {
          return test.number(a, name, x);
        });
  }
}

Shape with_batch(const Shape& shape) {
  Shape whole{3};
  whole.insert(whole.end(), shape.begin(), shape.end());
  return whole;
}

OperationUnderTest make_test(const Operation& operation,
                             const std::vector<Shape>& inputs,
                             std::mt19937& random) {
  Network network{inputs.front(), {{"layer", operation, {}, {}}}};
  Layer& layer = network.layers.front();
  layer.inputs.assign(inputs.size(), "input");
  layer.output_shape = infer_shape(layer, inputs);
  OperationUnderTest test;
  test.operation = resolve({}, network).network.layers.front().operation;
  for (const Shape& input : inputs) {
    test.arrays.emplace(fmt::format("input/{}", test.input_count++),
                        random_array(with_batch(input), random));
  }
  for (const ParameterSpec& parameter : parameters(network)) {
    test.arrays.emplace(parameter.name, random_array(parameter.shape, random));
  }
  test.mask = Tensor(DType::U8, with_batch(layer.output_shape));
  for (std::uint8_t& keep : test.mask.as<std::uint8_t>()) {
    keep = random() % 3 == 0 ? 0 : 1;
  }
  test.dy = random_array(with_batch(layer.output_shape), random);
  return test;
}

struct OperationCase {
  const char* name;
  Operation operation;
  std::vector<Shape> inputs;
};

Operation of_activation(ActivationKind kind, std::optional<bool> approximate = {}) {
  const bool leaky = kind == ActivationKind::LeakyRelu;
  return ActivationLayer{{kind, leaky ? std::optional(0.2) : std::nullopt, approximate}};
}

std::vector<OperationCase> operation_cases() {
  const Shape image{4, 5, 2};
  return {
      {"conv2d valid", Conv2d{2, {3, 2}, {1, 1}, Padding::Valid, true, {}}, {image}},
      {"conv2d same", Conv2d{2, {3, 2}, {1, 1}, Padding::Same, true, {}}, {image}},
      {"conv2d same strided", Conv2d{2, {4, 3}, {2, 3}, Padding::Same, false, {}}, {image}},
      {"conv2d valid strided", Conv2d{2, {2, 2}, {3, 2}, Padding::Valid, true, {}}, {image}},
      {"max_pool", MaxPool{{2, 2}, {2, 2}, Padding::Valid}, {image}},
      {"max_pool same", MaxPool{{3, 4}, {2, 2}, Padding::Same}, {image}},
      {"average_pool", AveragePool{{2, 3}, {2, 2}, Padding::Valid}, {image}},
      {"average_pool same", AveragePool{{3, 4}, {2, 1}, Padding::Same}, {image}},
      {"global_average_pool", GlobalAveragePool{}, {image}},
      {"flatten", Flatten{}, {image}},
      {"dense", Dense{3, true, {}}, {{5}}},
      {"dense without bias", Dense{3, false, {}}, {{5}}},
      {"dropout", Dropout{0.3}, {image}},
      {"batch_norm of images", BatchNorm{}, {image}},
      {"batch_norm of vectors", BatchNorm{}, {{4}}},
      {"layer_norm of images", LayerNorm{}, {image}},
      {"layer_norm of vectors", LayerNorm{}, {{4}}},
      {"add", Add{}, {image, image, image}},
      {"concatenate", Concatenate{}, {image, {4, 5, 3}, image}},
      {"relu", of_activation(ActivationKind::Relu), {image}},
      {"leaky_relu", of_activation(ActivationKind::LeakyRelu), {image}},
      {"tanh", of_activation(ActivationKind::Tanh), {image}},
      {"sigmoid", of_activation(ActivationKind::Sigmoid), {image}},
      {"gelu", of_activation(ActivationKind::Gelu, false), {image}},
      {"gelu, approximate", of_activation(ActivationKind::Gelu, true), {image}},
  };
}

TEST(OperationGradient, IsTheDerivativeInEveryDialectOfEveryOperation) {
  std::mt19937 random(17);
  for (const OperationCase& operation_case : operation_cases()) {
    OperationUnderTest test = make_test(operation_case.operation, operation_case.inputs, random);
    SCOPED_TRACE(operation_case.name);
    expect_true_gradients(test);
    for (const DialectSwitch& entry : dialect_switches()) {
      if (entry.in_layer == nullptr || !entry.in_layer(test.operation)) {
        continue;
      }
      for (std::size_t word = 0; word < entry.words.size(); ++word) {
        SCOPED_TRACE(fmt::format("{}: {}", entry.name, entry.words[word]));
        Settings settings;
        entry.choose(settings, word);
        test.dialect = settings.dialect;
        expect_true_gradients(test);
      }
      test.dialect = {};
    }
  }
}

// A variant's alternatives that have no case above would go unnoticed.
TEST(OperationGradient, HasACaseForEveryOperationAndEveryActivation) {
  std::set<std::size_t> operations;
  std::set<ActivationKind> activations;
  for (const OperationCase& operation_case : operation_cases()) {
    operations.insert(operation_case.operation.index());
    if (const auto* layer = std::get_if<ActivationLayer>(&operation_case.operation)) {
      activations.insert(layer->activation.kind);
    }
  }
  EXPECT_EQ(operations.size(), std::variant_size_v<Operation>);
  EXPECT_EQ(activations.size(), kActivationWords.size());
}

// Logits at which some probabilities are clipped, each well away from the limit.
Array<double> logits(std::mt19937& random) {
  Array<double> z = random_array({5, 4}, random);
  z(0, 1) = 30;   // its label is another
  z(1, 2) = 30;   // its label
  z(2, 3) = -30;  // its label
  return z;
}

TEST(LossGradient, IsTheDerivativeInEveryDialectOfEveryLoss) {
  std::mt19937 random(23);
  const std::vector<std::int64_t> labels = {0, 2, 3, 1, 0};
  const auto words = [](const char* name) {
    const auto all = dialect_switches();
    return std::find_if(all.begin(),
                        all.end(),
                        [&](const auto& entry) { return std::string_view(entry.name) == name; })
        ->words;
  };
  for (const auto& loss : kLossWords) {
    for (const char* form : words("loss.cross_entropy")) {
      for (const char* reduction : words("loss.reduction")) {
        SCOPED_TRACE(fmt::format("{} {} {}", loss.text, form, reduction));
        Settings settings;
        choose(settings, "loss.cross_entropy", form);
        choose(settings, "loss.reduction", reduction);
        const Array<double> z = logits(random);
        expect_derivative("logits",
                          loss_gradient(Double{}, loss.kind, settings.dialect, z, labels),
                          z,
                          [&](const auto& a, const auto& x) {
                            return loss_of(a, loss.kind, settings.dialect, x, labels);
                          });
      }
    }
  }
}

// Of probabilities that do not sum to 1 the renormalisation has a gradient of its own, which a
// softmax hides.
TEST(LossGradient, OfProbabilitiesThatDoNotSumTo1IsTheDerivativeToo) {
  std::mt19937 random(29);
  const std::vector<std::int64_t> labels = {0, 2, 3, 1, 0};
  Array<double> p = random_array({5, 4}, random);
  for (double& x : p.values()) {
    x = 0.05 + std::abs(x) / 2;
  }
  for (const CrossEntropy form : {CrossEntropy::Clipped,
                                  CrossEntropy::RenormalisedAndClipped,
                                  CrossEntropy::ClippedAndRenormalised}) {
    const Dialect dialect{.cross_entropy = form, .probability_limit = 1e-3};
    expect_derivative("probabilities",
                      clipped_cross_entropy_gradient(Double{}, dialect, p, labels, 5),
                      p,
                      [&](const auto& a, const auto& x) {
                        return clipped_cross_entropy(a, dialect, x, labels, 5);
                      });
  }
}

}  // namespace
}  // namespace plumbline::reference
