#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "draw/bounded_integer.h"
#include "draw/draw.h"

namespace plumbline {

std::vector<std::int64_t> epoch_order(const Recipe& recipe,
                                      std::int64_t images,
                                      std::int64_t epoch,
                                      PhiloxKey key) {
  constexpr std::int64_t kMost = std::int64_t{1} << 32;
  if (images < 0 || images >= kMost || epoch < 0 || epoch >= kMost) {
    throw Error(fmt::format(
        "There is no order of {} images in epoch {}; both must be below 2^32.", images, epoch));
  }
  std::vector<std::int64_t> order(static_cast<std::size_t>(images));
  std::iota(order.begin(), order.end(), 0);
  if (!recipe.shuffle) {
    return order;
  }
  for (std::size_t last = order.size(); last-- > 1;) {
    const auto position = static_cast<std::uint32_t>(last);
    std::swap(
        order[last],
        order[bounded_integer(position + 1, position, static_cast<std::uint32_t>(epoch), key)]);
  }
  return order;
}

BatchOrder::BatchOrder(const Recipe& recipe, std::int64_t images, PhiloxKey key)
    : recipe_(recipe), images_(images), key_(key) {
  const bool no_batch = recipe.drop_last_batch && images < recipe.batch;
  if (recipe.batch < 1 || images < 1 || no_batch) {
    throw UsageError(
        fmt::format("A batch of {} cannot be taken from {} training images. Choose a batch from 1 "
                    "to the number of images.",
                    recipe.batch,
                    images));
  }
  order_ = epoch_order(recipe_, images_, epoch_, key_);
}

std::vector<std::int64_t> BatchOrder::next() {
  const std::int64_t left = images_ - position_;
  if (left == 0 || (recipe_.drop_last_batch && left < recipe_.batch)) {
    order_ = epoch_order(recipe_, images_, ++epoch_, key_);
    position_ = 0;
  }
  const auto first = order_.begin() + position_;
  const std::int64_t count = std::min(recipe_.batch, images_ - position_);
  position_ += count;
  return {first, first + count};
}

}  // namespace plumbline
