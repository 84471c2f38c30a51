#include "engine/fast/kernels/dense.h"

#include "engine/fast/kernels/integers.h"

namespace plumbline::fast {
namespace {

using plumbline::testing::integers;
using plumbline::testing::with_each_instruction_set;

std::size_t at(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

struct Data {
  DenseShape shape;
  bool relu = false;
  bool drops = false;
  std::vector<float> inputs;
  std::vector<float> kernel;  // (inputs, outputs)
  std::vector<float> bias;
  std::vector<std::uint8_t> mask;
  std::vector<float> output_gradient;
};
constexpr float kScale = 2;  // of dropout at a rate of one half

struct Result {
  std::vector<float> outputs;
  std::vector<float> input_gradient;
  std::vector<float> kernel;  // after a step of descent at a rate of 1
  std::vector<float> bias_gradient;
};

Result empty_result(const DenseShape& shape) {
  Result result;
  result.outputs.resize(at(shape.batch * shape.outputs));
  result.input_gradient.resize(at(shape.batch * shape.inputs));
  result.bias_gradient.resize(at(shape.outputs));
  return result;
}

Result by_plain_loops(const Data& data) {
  const auto [batch, inputs, outputs] = data.shape;
  Result result = empty_result(data.shape);
  result.kernel = data.kernel;
  for (std::int64_t n = 0; n < batch; ++n) {
    for (std::int64_t j = 0; j < outputs; ++j) {
      const std::size_t out = at(n * outputs + j);
      float sum = data.bias[at(j)];
      for (std::int64_t i = 0; i < inputs; ++i) {
        sum += data.inputs[at(n * inputs + i)] * data.kernel[at(i * outputs + j)];
      }
      const float active = data.relu && sum < 0 ? 0 : sum;
      const bool kept = !data.drops || data.mask[out] != 0;
      result.outputs[out] = kept ? active * (data.drops ? kScale : 1) : 0;
      const bool passes = kept && (!data.relu || sum > 0);
      const float gradient = passes ? data.output_gradient[out] * (data.drops ? kScale : 1) : 0;
      result.bias_gradient[at(j)] += gradient;
      for (std::int64_t i = 0; i < inputs; ++i) {
        result.input_gradient[at(n * inputs + i)] += gradient * data.kernel[at(i * outputs + j)];
        result.kernel[at(i * outputs + j)] -= gradient * data.inputs[at(n * inputs + i)];
      }
    }
  }
  return result;
}

// Calls visit(place in (inputs, outputs), place in panels).
template <typename Visit>
void for_weights(const DenseShape& shape, const Visit& visit) {
  const Panels panels(shape.inputs);
  for (std::int64_t panel = 0; panel < panels.count(); ++panel) {
    for (std::int64_t j = 0; j < shape.outputs; ++j) {
      for (std::int64_t i = 0; i < panels.used(panel); ++i) {
        visit(at((panels.begin(panel) + i) * shape.outputs + j),
              at(panels.offset(panel, j, shape.outputs) + i));
      }
    }
  }
}

void step_backward(const Data& data,
                   const std::vector<float>& packed,
                   std::vector<float>& kernel,
                   Result& result) {
  const DenseShape& shape = data.shape;
  std::vector<Entry> by_image(at(entry_blocks(shape) * shape.batch * kEntryOutputs));
  std::vector<std::int32_t> image_counts(at(entry_blocks(shape) * shape.batch));
  std::vector<Entry> by_output(at(shape.outputs * (shape.batch + 1)));
  const DenseEntries entries{by_image.data(), image_counts.data(), by_output.data()};
  DenseGradient gradient{data.output_gradient.data()};
  gradient.outputs = data.relu ? result.outputs.data() : nullptr;
  gradient.mask = data.drops && !data.relu ? data.mask.data() : nullptr;
  gradient.scale = data.drops ? kScale : 1;
  gradient.bias_gradient = result.bias_gradient.data();
  for (std::int64_t block = 0; block < entry_blocks(shape); ++block) {
    find_entries(shape, gradient, block, entries);
  }
  Update descent;
  descent.rate = 1;
  const DenseBackward pass{
      packed.data(), entries, descent, kernel.data(), {}, result.input_gradient.data()};
  for (std::int64_t panel = 0; panel < Panels(shape.inputs).count(); ++panel) {
    dense_backward_panel(shape, pass, panel);
  }
}

Result by_kernels(const Data& data) {
  const DenseShape& shape = data.shape;
  const Panels panels(shape.inputs);
  Result result = empty_result(shape);
  std::vector<float> kernel(at(panels.floats(shape.outputs)));
  for_weights(shape, [&](std::size_t canonical, std::size_t panelled) {
    kernel[panelled] = data.kernel[canonical];
  });
  std::vector<float> packed(at(panels.floats(shape.batch)));
  for (std::int64_t panel = 0; panel < panels.count(); ++panel) {
    pack_panel(shape, data.inputs.data(), panel, packed.data());
  }
  DenseForward forward{packed.data(), kernel.data(), data.bias.data(), data.relu};
  forward.mask = data.drops ? data.mask.data() : nullptr;
  forward.scale = data.drops ? kScale : 1;
  forward.outputs = result.outputs.data();
  for (std::int64_t part = 0; part < forward_parts(shape); ++part) {
    dense_forward_part(shape, forward, part);
  }
  step_backward(data, packed, kernel, result);
  result.kernel.resize(data.kernel.size());
  for_weights(shape, [&](std::size_t canonical, std::size_t panelled) {
    result.kernel[canonical] = kernel[panelled];
  });
  return result;
}

std::int64_t pick(std::mt19937& random, std::initializer_list<std::int64_t> choices) {
  return *(choices.begin() + random() % choices.size());
}

Data random_data(std::mt19937& random) {
  Data data;
  data.shape = {pick(random, {1, 2, 5, 6, 7, 50, 131}),
                pick(random, {1, 15, 16, 17, 100, 130, 300, 1025}),
                pick(random, {1, 2, 10, 31, 33, 64, 70})};
  data.relu = random() % 2 == 0;
  data.drops = random() % 2 == 0;
  data.inputs = integers(data.shape.batch * data.shape.inputs, 2, random);
  data.kernel = integers(data.shape.inputs * data.shape.outputs, 2, random);
  data.bias = integers(data.shape.outputs, 9, random);
  data.output_gradient = integers(data.shape.batch * data.shape.outputs, 2, random);
  for (std::size_t i = 0; i < data.output_gradient.size(); ++i) {
    data.mask.push_back(static_cast<std::uint8_t>(random() >> 31));
  }
  return data;
}

TEST(DenseKernels, GiveTheVeryNumbersOfPlainLoopsForIntegers) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const Data data = random_data(random);
    const Result expected = by_plain_loops(data);
    with_each_instruction_set([&] {
      const Result found = by_kernels(data);
      EXPECT_EQ(found.outputs, expected.outputs);
      EXPECT_EQ(found.input_gradient, expected.input_gradient);
      EXPECT_EQ(found.kernel, expected.kernel);
      EXPECT_EQ(found.bias_gradient, expected.bias_gradient);
    });
  }
}

TEST(DensePanels, HoldEveryInputOnceAndInOrder) {
  for (const std::int64_t inputs : {1, 16, 17, 224, 225, 1024, 3136, 100000}) {
    const Panels panels(inputs);
    std::int64_t next = 0;
    for (std::int64_t panel = 0; panel < panels.count(); ++panel) {
      EXPECT_EQ(panels.begin(panel), next);
      EXPECT_GT(panels.used(panel), 0);
      EXPECT_LE(panels.width(panel), 224);
      next += panels.used(panel);
    }
    EXPECT_EQ(next, inputs);
  }
}

}  // namespace
}  // namespace plumbline::fast
