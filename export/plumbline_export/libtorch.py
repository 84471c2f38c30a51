"""The study in LibTorch: one file of C++20, torch::nn and torch::optim, the loop written out."""

import json

from plumbline_export import libtorch_layers as layers
from plumbline_export.study import Unsupported

OPTIMIZERS = {
    "sgd": ("SGD", {"momentum": "momentum", "nesterov": "nesterov"}),
    "adam": ("Adam", {"epsilon": "eps"}),
    "adamw": ("AdamW", {"epsilon": "eps"}),
    "rmsprop": ("RMSprop", {"rho": "alpha", "momentum": "momentum", "epsilon": "eps"}),
    "adagrad": ("Adagrad", {"initial_accumulator": "initial_accumulator_value", "epsilon": "eps"}),
}
DEFAULT_BETAS = (0.9, 0.999)  # one of the pair cannot be given alone
INITIALISERS = {
    "glorot_uniform": "xavier_uniform_({tensor})",
    "glorot_normal": "xavier_normal_({tensor})",
    "he_uniform": "kaiming_uniform_({tensor}, 0, torch::kFanIn, torch::kReLU)",
    "he_normal": "kaiming_normal_({tensor}, 0, torch::kFanIn, torch::kReLU)",
    "lecun_uniform": "kaiming_uniform_({tensor}, 0, torch::kFanIn, torch::kLinear)",
    "lecun_normal": "kaiming_normal_({tensor}, 0, torch::kFanIn, torch::kLinear)",
}

OPENING = """// {question}
//
// The study '{study}' in LibTorch, written out by Plumbline. Build it with the LibTorch of torch's wheel and run it:
//
//   TORCH=$(python -c 'import torch; print(torch.__path__[0])')
//   g++ -std=c++20 -O2 PROGRAM.cc -o PROGRAM -I$TORCH/include -I$TORCH/include/torch/csrc/api/include -L$TORCH/lib
//     -Wl,-rpath,$TORCH/lib -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10 -lz
//   ./PROGRAM DATA [SEED]
//
// where DATA is a folder with the four IDX files of an MNIST-like set. It prints the test accuracy.

#include <torch/torch.h>
#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <string>

namespace nn = torch::nn;

// Files: an IDX file of bytes, gzip-compressed or not
torch::Tensor read_idx(const std::string& folder, const std::string& start) {{
  std::string path;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {{
    if (entry.path().filename().string().starts_with(start)) {{
      path = entry.path();
    }}
  }}
  gzFile file = gzopen(path.c_str(), "rb");
  TORCH_CHECK(file != nullptr, "There is no ", start, " in ", folder);
  unsigned char bytes[4];
  gzread(file, bytes, 4);
  std::vector<int64_t> shape(bytes[3]);
  for (int64_t& extent : shape) {{
    gzread(file, bytes, 4);
    extent = bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
  }}
  torch::Tensor tensor = torch::empty(shape, torch::kUInt8);
  gzread(file, tensor.data_ptr(), static_cast<unsigned>(tensor.numel()));
  gzclose(file);
  return tensor;
}}
"""

TRUNCATED_NORMAL = """// LibTorch has no trunc_normal_; this is PyTorch's, cut at two standard deviations.
void truncated_normal_(torch::Tensor tensor, double mean, double stddev) {
  torch::NoGradGuard no_grad;
  const double edge = std::erf(2 / std::sqrt(2.0));
  tensor.uniform_(-edge, edge).erfinv_().mul_(stddev * std::sqrt(2.0)).add_(mean);
  tensor.clamp_(mean - 2 * stddev, mean + 2 * stddev);
}
"""


def write(study):
    if study.optimizer_name not in OPTIMIZERS:
        raise Unsupported("LibTorch has no Adadelta: torch::optim has SGD, Adam, AdamW, RMSprop and Adagrad.")
    question = study.question.replace("\\", "/")  # a comment that ended in one would go on in the next line
    parts = [OPENING.format(question=question, study=study.name).splitlines(), images(study)]
    if any(wanted and wanted["name"] == "truncated_normal" for wanted in (study.weights, study.biases)):
        parts.append(TRUNCATED_NORMAL.splitlines())
    network, made = layers.model(study)
    if network:
        parts.append(["// Model", *network])
    body = [*data(study), "", "// Model", *made, *initial_values(study), *learning(study), "", *training(study)]
    main = ["int main(int count, char** arguments) {", *cpp_indented([*body, "", *test()]), "}"]
    return "\n".join("\n".join(part) + "\n" for part in [*parts, main])


def cpp_indented(lines, levels=1):
    return ["  " * levels + line if line else "" for line in lines]


def images(study):
    scaling = study.recipe["input_scaling"]
    text = "pixels.to(torch::kFloat32)"
    if scaling["factor"] != 1:
        text += " * (1.0 / 255)" if scaling["factor"] == 1 / 255 else f" * {scaling['factor']!r}"
    if scaling["mean"] != 0:
        text += f" - {scaling['mean']!r}"
    if scaling["stddev"] != 1:
        text = f"({text}) / {scaling['stddev']!r}"
    shape = ", ".join(str(extent) for extent in [-1, *study.input])
    order = ".permute({0, 3, 1, 2}).contiguous()" if len(study.input) == 3 else ""
    body = [f"const torch::Tensor scaled = {text};", f"return scaled.reshape({{{shape}}}){order};"]
    return ["// Data", "torch::Tensor images(const torch::Tensor& pixels) {", *cpp_indented(body), "}"]


def data(study):
    lines = ["const std::string folder = arguments[1];", "torch::manual_seed(count > 2 ? std::stoi(arguments[2]) : 0);", ""]
    lines += [
        'torch::Tensor x_train = images(read_idx(folder, "train-images"));',
        'torch::Tensor y_train = read_idx(folder, "train-labels").to(torch::kInt64);',
        'torch::Tensor x_test = images(read_idx(folder, "t10k-images"));',
        'torch::Tensor y_test = read_idx(folder, "t10k-labels").to(torch::kInt64);',
    ]
    if study.training_images:
        lines += [f"{name} = {name}.slice(0, 0, {study.training_images});" for name in ("x_train", "y_train")]
    if study.device == "cuda":
        lines += [f"{name} = {name}.to(torch::kCUDA);" for name in ("x_train", "y_train", "x_test", "y_test")]
    if study.is_regression:
        lines.append(f"const torch::Tensor targets = torch::one_hot(y_train, {study.classes}).to(torch::kFloat32);")
    return lines


def initial_values(study):
    """LibTorch draws defaults when a layer is made; what the study names is drawn over them."""
    if not study.weights and not study.biases:
        return []
    lines = ["for (const auto& module : model->modules(false)) {"]
    for kind in ("Conv2d", "Linear"):
        statements = [initialise("layer->weight", study.weights)] if study.weights else []
        if study.biases:
            statements += ["if (layer->bias.defined()) {", "  " + initialise("layer->bias", study.biases), "}"]
        lines += [f"  if (auto* layer = module->as<nn::{kind}>()) {{", *cpp_indented(statements, 2), "  }"]
    return [*lines, "}"]


def initialise(tensor, wanted):
    name = wanted["name"]
    if name == "zeros":
        return f"nn::init::zeros_({tensor});"
    if name == "constant":
        return f"nn::init::constant_({tensor}, {wanted['value']!r});"
    if name in ("normal", "truncated_normal"):
        function = "nn::init::normal_" if name == "normal" else "truncated_normal_"
        return f"{function}({tensor}, {wanted['mean']!r}, {wanted['stddev']!r});"
    if tensor.endswith("bias"):
        raise Unsupported(f"torch::nn::init has no {name} for biases, which have no fan.")
    return "nn::init::" + INITIALISERS[name].format(tensor=tensor) + ";"


def learning(study):
    criterion = "nn::MSELoss" if study.is_regression else "nn::CrossEntropyLoss"
    lines = ["model->to(torch::kCUDA);"] if study.device == "cuda" else []
    return [*lines, f"{criterion} criterion;", optimizer(study)]


def optimizer(study):
    name, words = OPTIMIZERS[study.optimizer_name]
    words = {**words, "weight_decay": "weight_decay"}
    given = dict(study.optimizer)
    rate = given.pop("learning_rate", None)
    if name == "SGD" and rate is None:
        raise Unsupported("torch::optim::SGD has no default learning rate; the recipe must name one.")
    options = f"torch::optim::{name}Options({'' if rate is None else repr(float(rate))})"
    if "beta_1" in given or "beta_2" in given:
        betas = (given.pop("beta_1", DEFAULT_BETAS[0]), given.pop("beta_2", DEFAULT_BETAS[1]))
        options += f".betas(std::tuple({betas[0]!r}, {betas[1]!r}))"
    for word, value in given.items():
        if word not in words:
            raise Unsupported(f"torch::optim::{name} has no {word}.")
        options += f".{words[word]}({json.dumps(value)})"
    return f"torch::optim::{name} optimizer(model->parameters(), {options});"


def training(study):
    recipe = study.recipe
    order = "torch::randperm(x_train.size(0))" if recipe["shuffle"] else "torch::arange(x_train.size(0))"
    if study.device == "cuda":
        order += ".to(torch::kCUDA)"
    targets = "targets" if study.is_regression else "y_train"
    drop = [f"if (batch.size(0) < {recipe['batch']}) {{", "  break;", "}"] if recipe["drop_last_batch"] else []
    stop = [f"if (step++ == {recipe['steps']}) {{", "  break;", "}"] if "steps" in recipe else []
    step = [
        *drop,
        *stop,
        "optimizer.zero_grad();",
        "const torch::Tensor outputs = model->forward(x_train.index_select(0, batch));",
        f"criterion(outputs, {targets}.index_select(0, batch)).backward();",
        "optimizer.step();",
    ]
    epochs = f"for (int epoch = 0; epoch < {recipe.get('epochs')}; ++epoch) {{"
    if stop:
        epochs = f"for (int step = 0; step < {recipe['steps']};) {{"
    loop = [f"for (const torch::Tensor& batch : {order}.split({recipe['batch']})) {{", *cpp_indented(step), "}"]
    return ["// Training", "model->train();", epochs, *cpp_indented(loop), "}"]


def test():
    loop = ["for (const torch::Tensor& batch : x_test.split(1000)) {", "  outputs.push_back(model->forward(batch));", "}"]
    return [
        "// Test",
        "const torch::InferenceMode inference;",
        "model->eval();",
        "std::vector<torch::Tensor> outputs;",
        *loop,
        "const torch::Tensor hits = torch::cat(outputs).argmax(1) == y_test;",
        'std::printf("test accuracy %.2f %%\\n", 100 * hits.to(torch::kFloat32).mean().item<double>());',
    ]
