#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <span>
#include <variant>

#include "base/error.h"
#include "draw/draw.h"

namespace plumbline {
namespace {

void fill(std::span<std::uint8_t> mask, const RandomStream& stream, std::uint64_t kept_below) {
  for (std::size_t e = 0; e < mask.size(); e += 4) {
    const PhiloxCounter words = stream.block(static_cast<std::uint32_t>(e / 4));
    for (std::size_t lane = 0; lane < 4 && e + lane < mask.size(); ++lane) {
      mask[e + lane] = words[lane] < kept_below ? 1 : 0;
    }
  }
}

}  // namespace

Tensor dropout_mask(const Network& network,
                    std::size_t layer_index,
                    std::int64_t batch,
                    std::int64_t step,
                    PhiloxKey key) {
  const Layer& layer = network.layers.at(layer_index);
  const auto* dropout = std::get_if<Dropout>(&layer.operation);
  if (dropout == nullptr) {
    throw Error(fmt::format("The layer '{}' has no dropout mask; it is of kind {}.",
                            layer.name,
                            operation_name(layer.operation)));
  }
  if (step < 0 || step > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(fmt::format(
        "There is no dropout mask of step {}; steps are counted from 0 to 2^32 - 1.", step));
  }
  Shape shape = {batch};
  shape.insert(shape.end(), layer.output_shape.begin(), layer.output_shape.end());
  Tensor mask(DType::U8, std::move(shape));
  const RandomStream stream(key,
                            StreamPurpose::DropoutMask,
                            static_cast<std::uint32_t>(layer_index),
                            static_cast<std::uint32_t>(step));
  fill(mask.as<std::uint8_t>(),
       stream,
       static_cast<std::uint64_t>(std::floor((1 - dropout->rate) * 0x1p32)));
  return mask;
}

TensorMap dropout_masks(const Network& network,
                        std::int64_t batch,
                        std::int64_t step,
                        PhiloxKey key) {
  TensorMap masks;
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    if (std::holds_alternative<Dropout>(network.layers[layer].operation)) {
      masks.emplace(network.layers[layer].name, dropout_mask(network, layer, batch, step, key));
    }
  }
  return masks;
}

}  // namespace plumbline
