// The paper's CNN in LibTorch, as a plain program. Prints one line of JSON.
//
//   plumbline-libtorch-plain --train F --test F [--steps N] [--batch N] [--seed N] [--threads N]
//
// F: safetensors with `images` (n, 28, 28, 1), U8, and `labels` (n), I64.

#include <torch/torch.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace {

namespace nn = torch::nn;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

torch::Tensor read_tensor(const std::string& path,
                          const std::string& name,
                          torch::ScalarType type) {
  std::ifstream file(path, std::ios::binary);
  std::uint64_t header_bytes = 0;
  file.read(reinterpret_cast<char*>(&header_bytes), sizeof header_bytes);
  if (!file || header_bytes > (std::uint64_t{1} << 20)) {
    throw std::runtime_error(path + " is not a safetensors file of two tensors.");
  }
  std::string header(header_bytes, ' ');
  file.read(header.data(), static_cast<std::streamsize>(header_bytes));
  const nlohmann::json entry = nlohmann::json::parse(header).at(name);
  torch::Tensor tensor = torch::empty(entry.at("shape").get<std::vector<std::int64_t>>(), type);
  file.seekg(entry.at("data_offsets").at(0).get<std::int64_t>(), std::ios::cur);
  if (!file.read(static_cast<char*>(tensor.data_ptr()),
                 static_cast<std::streamsize>(tensor.nbytes()))) {
    throw std::runtime_error(path + " ends inside '" + name + "'.");
  }
  return tensor;
}

struct Half {
  explicit Half(const std::string& path)
      : images(read_tensor(path, "images", torch::kUInt8).to(torch::kFloat32) / 255),
        labels(read_tensor(path, "labels", torch::kInt64)) {}
  torch::Tensor images;  // (n, 28, 28, 1)
  torch::Tensor labels;
};

// (n, height, width, channels) as LibTorch's channels-last images.
torch::Tensor channels_last(const torch::Tensor& images) {
  return images.permute({0, 3, 1, 2});
}

nn::Sequential make_model() {
  nn::Sequential model(nn::Conv2d(nn::Conv2dOptions(1, 32, 5).padding(2)),
                       nn::ReLU(),
                       nn::MaxPool2d(2),
                       nn::Conv2d(nn::Conv2dOptions(32, 64, 5).padding(2)),
                       nn::ReLU(),
                       nn::MaxPool2d(2),
                       nn::Flatten(),
                       nn::Linear(7 * 7 * 64, 1024),
                       nn::ReLU(),
                       nn::Dropout(0.5),
                       nn::Linear(1024, 10));
  for (torch::Tensor& parameter : model->parameters()) {
    if (parameter.dim() == 4) {
      parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
    }
  }
  return model;
}

double accuracy_of(nn::Sequential& model, const Half& test) {
  const torch::InferenceMode guard;
  model->eval();
  std::vector<torch::Tensor> outputs;
  for (const torch::Tensor& images : test.images.split(1000)) {
    outputs.push_back(model->forward(channels_last(images)));
  }
  const torch::Tensor hits = torch::cat(outputs).argmax(1) == test.labels;
  return hits.to(torch::kFloat32).mean().item<double>();
}

class Arguments {
 public:
  Arguments(int count, char** arguments) {
    for (int i = 1; i + 1 < count; i += 2) {
      values_[arguments[i]] = arguments[i + 1];
    }
  }
  [[nodiscard]] std::string text(const std::string& name) const { return values_.at(name); }
  [[nodiscard]] int number(const std::string& name, int otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : std::stoi(found->second);
  }

 private:
  std::map<std::string, std::string> values_;
};

void run(const Arguments& arguments) {
  const double started = now();
  at::set_num_threads(arguments.number("--threads", at::get_num_threads()));
  torch::manual_seed(static_cast<std::uint64_t>(arguments.number("--seed", 0)));
  const Half train(arguments.text("--train"));
  const Half test(arguments.text("--test"));
  const double loaded = now();

  nn::Sequential model = make_model();
  torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(1e-3));
  nn::CrossEntropyLoss criterion;
  const double built = now();

  const int steps = arguments.number("--steps", 1000);
  const int batch = arguments.number("--batch", 50);
  model->train();
  torch::Tensor loss;
  double first_step_done = built;
  for (int step = 0; step < steps;) {
    const std::vector<torch::Tensor> batches = torch::randperm(train.labels.size(0)).split(batch);
    for (std::size_t i = 0; i < batches.size() && step < steps; ++i) {
      optimizer.zero_grad();
      loss = criterion(model->forward(channels_last(train.images.index_select(0, batches[i]))),
                       train.labels.index_select(0, batches[i]));
      loss.backward();
      optimizer.step();
      if (++step == 1) {
        first_step_done = now();
      }
    }
  }
  const double trained = now();
  const double accuracy = accuracy_of(model, test);
  const nlohmann::json report{{"import_seconds", 0.0},
                              {"load_seconds", loaded - started},
                              {"build_seconds", built - loaded},
                              {"first_step_seconds", first_step_done - built},
                              {"train_seconds", trained - first_step_done},
                              {"predict_seconds", now() - trained},
                              {"steps", steps},
                              {"loss", loss.item<double>()},
                              {"accuracy", accuracy}};
  std::printf("%s\n", report.dump().c_str());
}

}  // namespace

int main(int count, char** arguments) {
  try {
    run(Arguments(count, arguments));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
