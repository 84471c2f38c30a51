#include "native_worker/trial.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "tensor/safetensors.h"

namespace plumbline::testing {
namespace {

using nlohmann::json;

constexpr std::int64_t kSide = 6;
constexpr std::int64_t kClasses = 4;

TensorMap draw_half(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  Tensor images(DType::U8, {count, kSide, kSide, 1});
  Tensor labels(DType::I64, {count});
  for (std::int64_t n = 0; n < count; ++n) {
    const std::int64_t label = n % kClasses;
    labels.as<std::int64_t>()[static_cast<std::size_t>(n)] = label;
    for (std::int64_t place = 0; place < kSide * kSide; ++place) {
      const std::int64_t quadrant = place / kSide / (kSide / 2) * 2 + place % kSide / (kSide / 2);
      const auto noise = static_cast<std::uint8_t>(random() % 100);
      images.as<std::uint8_t>()[static_cast<std::size_t>(n * kSide * kSide + place)] =
          static_cast<std::uint8_t>(noise + (quadrant == label ? 150 : 0));
    }
  }
  TensorMap half;
  half.emplace("images", std::move(images));
  half.emplace("labels", std::move(labels));
  return half;
}

json layer(const char* name, const char* operation, const char* input, const json& shape) {
  return {{"name", name}, {"operation", operation}, {"inputs", {input}}, {"output_shape", shape}};
}

json with(json layer, const json& members) {
  layer.update(members);
  return layer;
}

}  // namespace

Trial::Trial() : folder_(std::filesystem::temp_directory_path(), "native-worker-test-") {
  write_safetensors(path("train"), draw_half(50, 1));
  const TensorMap test = draw_half(30, 2);
  write_safetensors(path("test"), test);
  const auto labels = test.at("labels").as<std::int64_t>();
  test_labels_.assign(labels.begin(), labels.end());
}

std::string Trial::path(const std::string& name) const {
  return folder_.path() / (name + ".safetensors");
}

json Trial::network() {
  const json relu{{"name", "relu"}};
  return {{"input", {6, 6, 1}},
          {"layers",
           {with(layer("conv", "conv2d", "input", {6, 6, 5}),
                 {{"filters", 5},
                  {"kernel", {3, 3}},
                  {"stride", {1, 1}},
                  {"padding", "same"},
                  {"bias", true},
                  {"activation", relu}}),
            layer("norm", "batch_norm", "conv", {6, 6, 5}),
            with(layer("pool", "max_pool", "norm", {3, 3, 5}),
                 {{"size", {2, 2}}, {"stride", {2, 2}}, {"padding", "valid"}}),
            layer("flat", "flatten", "pool", {45}),
            with(layer("drop", "dropout", "flat", {45}), {{"rate", 0.5}}),
            with(layer("out", "dense", "drop", {4}), {{"units", 4}, {"bias", true}})}}};
}

json Trial::recipe() {
  return {{"loss", "softmax_cross_entropy"},
          {"batch", 16},
          {"steps", 60},
          {"shuffle", true},
          {"drop_last_batch", false},
          {"optimizer", {{"name", "adam"}, {"learning_rate", 0.01}}},
          {"input_scaling", {{"factor", 1.0 / 255}, {"mean", 0.0}, {"stddev", 1.0}}}};
}

json Trial::load_data() const {
  return {{"request", "load_data"},
          {"train", path("train")},
          {"test", path("test")},
          {"classes", kClasses},
          {"input_scaling", recipe()["input_scaling"]}};
}

json Trial::build(const std::string& mode, int seed) {
  return {{"request", "build"},
          {"network", network()},
          {"recipe", recipe()},
          {"seed", seed},
          {"device", "cpu"},
          {"mode", mode}};
}

void Trial::prepare(WorkerProcess& worker, const json& build_request) const {
  worker.result_of({{"request", "describe"}});
  worker.result_of(load_data());
  worker.result_of(build_request);
}

TensorMap Trial::state_of(WorkerProcess& worker) const {
  worker.result_of({{"request", "get_state"}, {"path", path("state")}});
  return read_safetensors(path("state")).tensors;
}

double Trial::accuracy_of(WorkerProcess& worker) const {
  worker.result_of({{"request", "predict"}, {"path", path("outputs")}});
  const Tensor outputs = read_safetensors(path("outputs")).tensors.at("outputs");
  EXPECT_EQ(outputs.shape(), (Shape{std::ssize(test_labels_), kClasses}));
  double right = 0;
  for (std::size_t n = 0; n < test_labels_.size(); ++n) {
    const auto row = outputs.as<float>().subspan(n * kClasses, kClasses);
    right += std::ranges::max_element(row) - row.begin() == test_labels_[n] ? 1 : 0;
  }
  return right / static_cast<double>(test_labels_.size());
}

json Trial::step(const std::vector<std::int64_t>& indices) const {
  TensorMap tensors;
  Tensor chosen(DType::I64, {std::ssize(indices)});
  std::ranges::copy(indices, chosen.as<std::int64_t>().begin());
  tensors.emplace("indices", std::move(chosen));
  Tensor mask(DType::U8, {std::ssize(indices), 45});
  for (std::size_t i = 0; i < mask.as<std::uint8_t>().size(); ++i) {
    mask.as<std::uint8_t>()[i] = i % 3 == 0 ? 0 : 1;
  }
  tensors.emplace("mask/drop", std::move(mask));
  write_safetensors(path("step"), tensors);
  return {{"request", "step"}, {"path", path("step")}};
}

}  // namespace plumbline::testing
