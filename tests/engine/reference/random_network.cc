#include "engine/reference/random_network.h"

#include <algorithm>
#include <set>

#include "engine/dialect_words.h"

namespace plumbline {
namespace {

class NetworkDraw {
 public:
  explicit NetworkDraw(std::mt19937& random) : random_(random) {
    network_.input = {number(4, 7), number(4, 7), number(1, 3)};
    remember("input", network_.input);
  }

  Network draw() {
    const std::int64_t layers = number(3, 8);
    for (std::int64_t i = 0; i < layers; ++i) {
      add_image_layer();
    }
    add_head();
    infer_shapes(network_);
    return network_;
  }

 private:
  struct Source {
    std::string name;
    Shape shape;
  };

  std::int64_t number(std::int64_t from, std::int64_t to) {  // both included
    return from + static_cast<std::int64_t>(random_()) % (to - from + 1);
  }
  bool coin() { return number(0, 1) == 1; }
  const Source& any_source() {
    return sources_[static_cast<std::size_t>(number(0, std::ssize(sources_) - 1))];
  }

  void remember(const std::string& name, const Shape& shape) { sources_.push_back({name, shape}); }

  std::string add(const Operation& operation, const std::vector<Source>& inputs) {
    Layer layer{"layer_" + std::to_string(network_.layers.size()), operation, {}, {}};
    std::vector<Shape> shapes;
    for (const Source& input : inputs) {
      layer.inputs.push_back(input.name);
      used_.insert(input.name);
      shapes.push_back(input.shape);
    }
    remember(layer.name, infer_shape(layer, shapes));
    network_.layers.push_back(layer);
    return layer.name;
  }

  Activation activation() {
    switch (number(0, 5)) {
      case 0:
        return {ActivationKind::Relu, {}, {}};
      case 1:
        return {ActivationKind::LeakyRelu, 0.2, {}};
      case 2:
        return {ActivationKind::Tanh, {}, {}};
      case 3:
        return {ActivationKind::Sigmoid, {}, {}};
      default:
        return {ActivationKind::Gelu, {}, coin()};
    }
  }
  std::optional<Activation> perhaps_activation() {
    return coin() ? std::optional(activation()) : std::nullopt;
  }
  std::array<std::int64_t, 2> window(const Shape& input, Padding padding) {
    const auto most = [&](std::int64_t extent) {
      return padding == Padding::Valid ? std::min<std::int64_t>(extent, 4) : 4;
    };
    return {number(1, most(input[0])), number(1, most(input[1]))};
  }

  void add_image_layer() {
    const Source source = any_source();
    const Padding padding = coin() ? Padding::Same : Padding::Valid;
    const auto size = window(source.shape, padding);
    const std::array<std::int64_t, 2> stride = {number(1, 2), number(1, 3)};
    switch (number(0, 9)) {
      case 0:
      case 1:
        add(Conv2d{number(1, 4), size, stride, padding, coin(), perhaps_activation()}, {source});
        return;
      case 2:
        add(MaxPool{size, stride, padding}, {source});
        return;
      case 3:
        add(AveragePool{size, stride, padding}, {source});
        return;
      case 4:
        add(BatchNorm{0.9, 0.01}, {source});
        return;
      case 5:
        add(LayerNorm{0.1}, {source});
        return;
      case 6:
        add(ActivationLayer{activation()}, {source});
        return;
      case 7:
        add(Dropout{0.3}, {source});
        return;
      default:
        join(source);
    }
  }

  // With any other of a shape that fits; with itself where there is none.
  void join(const Source& source) {
    const bool adds = coin();
    std::vector<Source> partners;
    for (const Source& other : sources_) {
      const bool same_image =
          std::equal(source.shape.begin(), source.shape.end() - 1, other.shape.begin());
      if (adds ? other.shape == source.shape : same_image) {
        partners.push_back(other);
      }
    }
    const Source other = partners[static_cast<std::size_t>(number(0, std::ssize(partners) - 1))];
    add(adds ? Operation(Add{}) : Operation(Concatenate{}), {source, other});
  }

  // Every layer that none has taken is made a vector, and all of these go into dense layers.
  void add_head() {
    std::vector<Source> vectors;
    for (const Source& leaf : std::vector<Source>(sources_)) {
      if (!used_.contains(leaf.name)) {
        add(coin() ? Operation(Flatten{}) : Operation(GlobalAveragePool{}), {leaf});
        vectors.push_back(sources_.back());
      }
    }
    if (vectors.size() > 1) {
      add(Concatenate{}, vectors);
    }
    if (coin()) {
      add(Dense{number(2, 5), coin(), perhaps_activation()}, {Source(sources_.back())});
    }
    if (coin()) {
      add(coin() ? Operation(BatchNorm{0.9, 0.01}) : Operation(LayerNorm{0.1}),
          {Source(sources_.back())});
    }
    add(Dense{number(2, 5), true, {}}, {Source(sources_.back())});
  }

  std::mt19937& random_;
  Network network_;
  std::vector<Source> sources_;
  std::set<std::string> used_;
};

}  // namespace

Network random_network(std::mt19937& random) {
  return NetworkDraw(random).draw();
}

Settings random_settings(const Network& network, std::mt19937& random) {
  Recipe recipe;
  recipe.loss = random() % 3 == 0 ? Loss::MeanSquaredError : Loss::SoftmaxCrossEntropy;
  recipe.optimizer.learning_rate = 0.1;
  Settings settings = resolve(recipe, network);
  for (const DialectSwitch& entry : dialect_switches()) {
    entry.choose(settings, random() % entry.words.size());
  }
  if (settings.dialect.pool_ties == PoolTies::Each) {
    settings.dialect.pool_ties = PoolTies::Shared;
  }
  return settings;
}

}  // namespace plumbline
