#include "study/file/network_reader.h"

#include <fmt/format.h>

#include <map>
#include <unordered_map>

#include "base/error.h"
#include "base/text.h"
#include "study/file/layer_reader.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxMergedInputs = 1000;

// Reads layer after layer, each with its shape, so that a shape that does not fit is told at its
// layer.
class NetworkReader {
 public:
  explicit NetworkReader(Shape input) {
    shapes_.emplace("input", input);
    network_.input = std::move(input);
  }

  void add(TomlTable table) {
    const LayerForm& form = form_of(table);
    table.rename(fmt::format("The layer '{}'", form.word));
    check_keys(table, form);
    const TomlValue value = table.require(form.word, form.word);
    Layer layer;
    layer.operation = form.read(table, value);
    layer.name = read_name(table, form.word);
    layer.inputs = form.names_inputs ? read_merged(value) : read_from(table);
    try {
      layer.output_shape = infer_shape(layer, shapes_of(layer.inputs));
    } catch (const UsageError& error) {
      table.fail_at(form.word, error.what());
    }
    shapes_.emplace(layer.name, layer.output_shape);
    network_.layers.push_back(std::move(layer));
  }

  [[nodiscard]] const Network& network() const { return network_; }

 private:
  static void check_keys(const TomlTable& table, const LayerForm& form) {
    std::vector<std::string> keys{form.word, "name"};
    if (!form.names_inputs) {
      keys.emplace_back("from");
    }
    keys.insert(keys.end(), form.keys.begin(), form.keys.end());
    table.allow_only(keys);
  }

  // "conv2d_2" is the second conv2d, whether or not the first has a name of its own.
  std::string read_name(const TomlTable& table, const std::string& word) {
    std::string automatic = fmt::format("{}_{}", word, ++counts_[word]);
    const auto value = table.find("name");
    if (!value) {
      if (shapes_.contains(automatic)) {
        table.fail_at(
            word,
            fmt::format("This layer's automatic name '{}' is already the name of a layer. Name "
                        "one of them otherwise.",
                        automatic));
      }
      return automatic;
    }
    std::string name = value->text("a layer's name");
    if (!is_layer_name(name)) {
      value->must_be(
          "a letter followed by letters, digits and '_', at most 64 in all, and not 'input'");
    }
    if (shapes_.contains(name)) {
      value->fail(fmt::format("Two layers are named '{}'.", name));
    }
    return name;
  }

  [[nodiscard]] std::string read_input(const TomlValue& value) const {
    std::string name = value.text("the name of a layer");
    if (!shapes_.contains(name)) {
      std::vector<std::string> names{"input"};
      names.reserve(network_.layers.size() + 1);
      for (const Layer& layer : network_.layers) {
        names.push_back(layer.name);
      }
      value.fail(fmt::format(
          "No layer before this one is named {}.{}", in_quotes(name), did_you_mean(name, names)));
    }
    return name;
  }

  [[nodiscard]] std::vector<std::string> read_from(const TomlTable& table) const {
    const auto value = table.find("from");
    if (!value) {
      return {network_.layers.empty() ? "input" : network_.layers.back().name};
    }
    if (!value->is_list()) {
      return {read_input(*value)};
    }
    const auto items = value->list("one name", kMaxMergedInputs);
    if (items.size() != 1) {
      value->fail("This layer takes one input. Only 'add' and 'concatenate' take several.");
    }
    return {read_input(items.front())};
  }

  [[nodiscard]] std::vector<std::string> read_merged(const TomlValue& value) const {
    const std::string what = "a list of two or more layers' names";
    const std::vector<TomlValue> items = value.list(what, kMaxMergedInputs);
    std::vector<std::string> names;
    names.reserve(items.size());
    for (const TomlValue& item : items) {
      names.push_back(read_input(item));
    }
    if (names.size() < 2) {
      value.must_be(what);
    }
    return names;
  }

  [[nodiscard]] std::vector<Shape> shapes_of(const std::vector<std::string>& names) const {
    std::vector<Shape> shapes;
    shapes.reserve(names.size());
    for (const std::string& name : names) {
      shapes.push_back(shapes_.at(name));
    }
    return shapes;
  }

  Network network_;
  std::unordered_map<std::string, Shape> shapes_;
  std::map<std::string, int> counts_;
};

Shape read_input_shape(const TomlValue& value) {
  const std::string what = "[height, width, channels] or [features]";
  Shape shape;
  for (const TomlValue& item : value.list(what, 3)) {
    shape.push_back(item.integer(1, kMaxElements));
  }
  if (shape.size() == 2) {
    value.fail(fmt::format(
        "'input' must be {}. Images of one channel are [{}, {}, 1].", what, shape[0], shape[1]));
  }
  try {
    check_input_shape(shape);
  } catch (const UsageError& error) {
    value.fail(error.what());
  }
  return shape;
}

void check_output(const Network& network, const TomlValue& last) {
  const Shape& output = network.layers.back().output_shape;
  if (output.size() != 1 || output.front() < 2) {
    last.fail(fmt::format(
        "The last layer gives the shape {}, but it must give one number for each of two "
        "or more classes, as {{ dense = 10 }} does.",
        to_string(output)));
  }
}

bool can_learn(const Network& network) {
  for (const ParameterSpec& parameter : parameters(network)) {
    if (parameter.trainable()) {
      return true;
    }
  }
  return false;
}

}  // namespace

Network read_network(const TomlTable& table) {
  table.allow_only({"input", "layers"});
  NetworkReader reader(read_input_shape(table.require("input", "input = [28, 28, 1]")));
  const TomlValue layers = table.require("layers", "layers = [{ dense = 10 }]");
  const std::vector<TomlValue> values = layers.list("a list of layers", kMaxLayers);
  for (const TomlValue& value : values) {
    reader.add(value.table("A layer"));
  }
  const Network& network = reader.network();
  check_output(network, values.back());
  if (const auto unused = unused_layer(network)) {
    values[*unused].fail(
        fmt::format("No layer takes the output of '{}', and it is not the last layer.",
                    network.layers[*unused].name));
  }
  if (!can_learn(network)) {
    layers.fail("No layer of this network has anything to learn.");
  }
  return network;
}

}  // namespace plumbline
