#include "engine/fast/kernels/dense.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/fast/kernels/dense.cc"
#include <hwy/foreach_target.h>

#include "engine/fast/kernels/scratch.h"
#include "engine/fast/kernels/update-inl.h"
#include "engine/fast/kernels/vectors-inl.h"

#ifndef PLUMBLINE_DENSE_SHARED
#define PLUMBLINE_DENSE_SHARED
namespace plumbline::fast {
namespace {

// Things in as few groups of at most `most` as do, all about as large as each other.
struct Groups {
  std::int64_t size;
  std::int64_t count;
  Groups(std::int64_t things, std::int64_t most)
      : size(things), count((things + most - 1) / most) {}
  [[nodiscard]] std::int64_t begin(std::int64_t group) const { return size * group / count; }
  [[nodiscard]] int extent(std::int64_t group) const {
    return static_cast<int>(begin(group + 1) - begin(group));
  }
};

struct ForwardBlocks {
  Groups outputs;
  Groups images;
  explicit ForwardBlocks(const DenseShape& shape)
      : outputs(shape.outputs, 64), images(shape.batch, 128) {}
};

}  // namespace
}  // namespace plumbline::fast
#endif

HWY_BEFORE_NAMESPACE();
namespace plumbline::fast {
namespace HWY_NAMESPACE {

// The forward pass works on tiles of some outputs and images; each product is a sum over the lanes
// of a vector. A load of inputs serves all outputs of the tile, one of weights all images.
inline constexpr int kTileOutputs = kManyRegisters ? 4 : 3;
inline constexpr int kTileImages = kManyRegisters ? 6 : 3;

// The sums over the lanes of each of four vectors, which stand side by side.
HWY_INLINE void sum_lanes(const float* vectors, float* sums) {
#if HWY_TARGET == HWY_SCALAR
  std::copy_n(vectors, 4, sums);
#else
  const auto part = [&](std::int64_t i)
                        HWY_ATTR { return hn::LoadU(kFloats, vectors + i * kLanes); };
  const Vector ab = hn::Add(hn::InterleaveLower(kFloats, part(0), part(1)),
                            hn::InterleaveUpper(kFloats, part(0), part(1)));
  const Vector cd = hn::Add(hn::InterleaveLower(kFloats, part(2), part(3)),
                            hn::InterleaveUpper(kFloats, part(2), part(3)));
  const hn::Repartition<double, Floats> pairs;
  const auto ab_pairs = hn::BitCast(pairs, ab);
  const auto cd_pairs = hn::BitCast(pairs, cd);
  const Vector abcd = hn::Add(hn::BitCast(kFloats, hn::InterleaveLower(pairs, ab_pairs, cd_pairs)),
                              hn::BitCast(kFloats, hn::InterleaveUpper(pairs, ab_pairs, cd_pairs)));
  HWY_ALIGN float blocks[kLanes];
  hn::Store(abcd, kFloats, blocks);
  const hn::FixedTag<float, 4> four;
  auto sum = hn::Load(four, blocks);
  for (std::int64_t block = 4; block < kLanes; block += 4) {
    sum = hn::Add(sum, hn::Load(four, blocks + block));
  }
  hn::StoreU(sum, four, sums);
#endif
}

// Adds the products over one panel to one tile of sums. Rows of weights and inputs are `width`
// apart.
template <int kOutputs, int kImages>
HWY_INLINE void add_tile_products(const float* weights,
                                  const float* inputs,
                                  std::int64_t width,
                                  float* tile) {
  Vector sums[kOutputs][kImages];
#pragma GCC unroll 8
  for (int output = 0; output < kOutputs; ++output) {
    load(sums[output], tile + output * kImages * kLanes);
  }
  for (std::int64_t at = 0; at < width; at += kLanes) {
    Vector rows[kOutputs];
#pragma GCC unroll 8
    for (int output = 0; output < kOutputs; ++output) {
      rows[output] = hn::LoadU(kFloats, weights + output * width + at);
    }
#pragma GCC unroll 8
    for (int image = 0; image < kImages; ++image) {
      const Vector input = hn::LoadU(kFloats, inputs + image * width + at);
#pragma GCC unroll 8
      for (int output = 0; output < kOutputs; ++output) {
        sums[output][image] = hn::MulAdd(rows[output], input, sums[output][image]);
      }
    }
  }
#pragma GCC unroll 8
  for (int output = 0; output < kOutputs; ++output) {
    store(sums[output], tile + output * kImages * kLanes);
  }
}

// What a part of the forward pass works on. The sums are vectors whose lanes are still to be
// summed, tile after tile; they stay in the second cache, as do so many inputs.
struct ForwardPart {
  Groups outputs;  // tiles of a block of outputs
  Groups images;   // tiles of a block of images
  std::int64_t first_output;
  std::int64_t first_image;

  [[nodiscard]] std::int64_t tile(std::int64_t image_group, std::int64_t output_group) const {
    return images.begin(image_group) * outputs.size +
           images.extent(image_group) * outputs.begin(output_group);
  }
};

// The rows of weights of so many groups stay in the first cache while all images pass.
inline constexpr std::int64_t kCachedGroups = 4;

HWY_INLINE void add_panel_products(const ForwardPart& part,
                                   const float* panel_weights,
                                   const float* panel_inputs,
                                   std::int64_t width,
                                   float* sums) {
  for (std::int64_t first = 0; first < part.outputs.count; first += kCachedGroups) {
    const std::int64_t end = std::min(first + kCachedGroups, part.outputs.count);
    for (std::int64_t i = 0; i < part.images.count; ++i) {
      const float* inputs = panel_inputs + part.images.begin(i) * width;
      with_constant<kTileImages>(part.images.extent(i), [&]<int kImages>() HWY_ATTR {
        for (std::int64_t j = first; j < end; ++j) {
          const float* weights = panel_weights + part.outputs.begin(j) * width;
          float* tile = sums + part.tile(i, j) * kLanes;
          with_constant<kTileOutputs>(part.outputs.extent(j), [&]<int kOutputs>() HWY_ATTR {
            add_tile_products<kOutputs, kImages>(weights, inputs, width, tile);
          });
        }
      });
    }
  }
}

HWY_INLINE float finished(const DenseForward& pass,
                          float sum,
                          std::int64_t output,
                          std::int64_t at) {
  const float value = pass.bias != nullptr ? sum + pass.bias[output] : sum;
  const float active = pass.relu && value < 0 ? 0.0F : value;
  return pass.mask != nullptr ? active * static_cast<float>(pass.mask[at]) * pass.scale : active;
}

// From totals, in the order of the sums, to outputs.
HWY_INLINE void finish(const DenseShape& shape,
                       const DenseForward& pass,
                       const ForwardPart& part,
                       const float* totals) {
  for (std::int64_t i = 0; i < part.images.count; ++i) {
    for (std::int64_t j = 0; j < part.outputs.size; ++j) {
      const std::int64_t output = part.first_output + j;
      for (std::int64_t k = part.images.begin(i); k < part.images.begin(i + 1); ++k) {
        const std::int64_t at = (part.first_image + k) * shape.outputs + output;
        pass.outputs[at] = finished(pass, *totals++, output, at);
      }
    }
  }
}

void ForwardPartOf(const DenseShape& shape,
                   const DenseForward& pass,
                   const ForwardBlocks& blocks,
                   std::int64_t index) {
  const Panels panels(shape.inputs);
  const std::int64_t output_block = index / blocks.images.count;
  const std::int64_t image_block = index % blocks.images.count;
  const ForwardPart part{Groups(blocks.outputs.extent(output_block), kTileOutputs),
                         Groups(blocks.images.extent(image_block), kTileImages),
                         blocks.outputs.begin(output_block),
                         blocks.images.begin(image_block)};
  const std::int64_t products = (part.outputs.size * part.images.size + 3) / 4 * 4;
  float* sums = scratch<struct ForwardSums>(products * (kLanes + 1));
  float* totals = sums + products * kLanes;
  std::fill_n(sums, products * kLanes, 0.0F);
  for (std::int64_t panel = 0; panel < panels.count(); ++panel) {
    add_panel_products(part,
                       pass.kernel + panels.offset(panel, part.first_output, shape.outputs),
                       pass.packed_inputs + panels.offset(panel, part.first_image, shape.batch),
                       panels.width(panel),
                       sums);
  }
  for (std::int64_t i = 0; i < products; i += 4) {
    sum_lanes(sums + i * kLanes, totals + i);
  }
  finish(shape, pass, part, totals);
}

// As many vectors as the registers hold beside a factor and what is loaded.
inline constexpr std::int64_t kSumVectors = kManyRegisters ? 14 : 12;

// Calls body.template operator()<vectors>(first float) for one part of a row after the other.
template <typename Body>
HWY_INLINE void for_parts(std::int64_t width, const Body& body) {
  const std::int64_t vectors = width / kLanes;
  const std::int64_t parts = (vectors + kSumVectors - 1) / kSumVectors;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t begin = vectors * part / parts;
    const std::int64_t end = vectors * (part + 1) / parts;
    with_constant<kSumVectors>(static_cast<int>(end - begin), [&]<int kVectors>() HWY_ATTR {
      body.template operator()<kVectors>(begin * kLanes);
    });
  }
}

// What one panel of the backward pass works with. The gradients of the inputs are (image, width).
struct PanelWork {
  const DenseShape& shape;
  const DenseEntries& entries;
  std::int64_t width;
  const float* inputs;
  float* input_gradients;
};

// The input gradients that come through one block of outputs, whose rows of the kernel are given.
HWY_INLINE void add_input_gradients(const PanelWork& work, std::int64_t block, const float* rows) {
  for_parts(work.width, [&]<int kVectors>(std::int64_t first) HWY_ATTR {
    for (std::int64_t image = 0; image < work.shape.batch; ++image) {
      const Entry* entry = work.entries.of_image(work.shape, block, image);
      const Entry* end = entry + work.entries.image_counts[block * work.shape.batch + image];
      float* to = work.input_gradients + image * work.width + first;
      Vector sums[kVectors];
      load(sums, to);
      for (; entry != end; ++entry) {
        add_multiple(
            sums, hn::Set(kFloats, entry->gradient), rows + entry->row * work.width + first);
      }
      store(sums, to);
    }
  });
}

// Adds to one row of the kernel's gradient what comes from the images before `end`; moves `entry`
// to the first that is not.
HWY_INLINE void add_kernel_gradients(const PanelWork& work,
                                     const Entry*& entry,
                                     std::int64_t end,
                                     float* sums_of_row) {
  const Entry* const start = entry;
  for_parts(work.width, [&]<int kVectors>(std::int64_t first) HWY_ATTR {
    Vector sums[kVectors];
    load(sums, sums_of_row + first);
    for (entry = start; entry->row < end; ++entry) {
      add_multiple(
          sums, hn::Set(kFloats, entry->gradient), work.inputs + entry->row * work.width + first);
    }
    store(sums, sums_of_row + first);
  });
}

// Rows of the kernel's gradient that are summed together, and floats of the inputs that stay in the
// first cache meanwhile.
inline constexpr std::int64_t kGradientRows = 16;
inline constexpr std::int64_t kCachedFloats = 12 * 1024;

HWY_INLINE void find_kernel_gradients(const PanelWork& work,
                                      std::int64_t first_output,
                                      std::int64_t rows,
                                      float* gradients) {
  std::fill_n(gradients, rows * work.width, 0.0F);
  const Entry* next[kGradientRows];
  for (std::int64_t row = 0; row < rows; ++row) {
    next[row] = work.entries.of_output(work.shape, first_output + row);
  }
  const std::int64_t batch = work.shape.batch;
  const std::int64_t chunks = (batch * work.width + kCachedFloats - 1) / kCachedFloats;
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
    for (std::int64_t row = 0; row < rows; ++row) {
      add_kernel_gradients(
          work, next[row], batch * (chunk + 1) / chunks, gradients + row * work.width);
    }
  }
}

void BackwardPanel(const DenseShape& shape, const DenseBackward& pass, std::int64_t panel) {
  const Panels panels(shape.inputs);
  const std::int64_t width = panels.width(panel);
  const std::int64_t used = panels.used(panel);
  float* input_gradients = scratch<struct InputGradients>(shape.batch * width);
  float* gradients = scratch<struct KernelGradients>(kGradientRows * width);
  const PanelWork work{shape,
                       pass.entries,
                       width,
                       pass.packed_inputs + panels.offset(panel, 0, shape.batch),
                       input_gradients};
  std::fill_n(input_gradients, shape.batch * width, 0.0F);
  for (std::int64_t block = 0; block < entry_blocks(shape); ++block) {
    const std::int64_t begin = block * kEntryOutputs;
    const std::int64_t end = std::min(begin + kEntryOutputs, shape.outputs);
    if (pass.input_gradient != nullptr) {
      add_input_gradients(work, block, pass.kernel + panels.offset(panel, begin, shape.outputs));
    }
    for (std::int64_t first = begin; first < end; first += kGradientRows) {
      const std::int64_t rows = std::min(kGradientRows, end - first);
      find_kernel_gradients(work, first, rows, gradients);
      for (std::int64_t row = 0; row < rows; ++row) {
        const std::int64_t at = panels.offset(panel, first + row, shape.outputs);
        const Slots slots{pass.slots.first != nullptr ? pass.slots.first + at : nullptr,
                          pass.slots.second != nullptr ? pass.slots.second + at : nullptr};
        update_weights(pass.update, pass.kernel + at, gradients + row * width, slots, used);
      }
    }
  }
  if (pass.input_gradient != nullptr) {
    for (std::int64_t image = 0; image < shape.batch; ++image) {
      std::copy_n(input_gradients + image * width,
                  used,
                  pass.input_gradient + image * shape.inputs + panels.begin(panel));
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace plumbline::fast
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace plumbline::fast {
namespace {

// `count` gradients by the layer's sums, zero where the ReLU or dropout stopped them.
void find_live(const DenseGradient& gradient, std::int64_t at, std::int64_t count, float* live) {
  for (std::int64_t i = 0; i < count; ++i) {
    live[i] = gradient.output_gradient[at + i] * gradient.scale;
  }
  if (gradient.outputs != nullptr) {
    for (std::int64_t i = 0; i < count; ++i) {
      live[i] = gradient.outputs[at + i] > 0 ? live[i] : 0.0F;
    }
  }
  if (gradient.mask != nullptr) {
    for (std::int64_t i = 0; i < count; ++i) {
      live[i] = gradient.mask[at + i] != 0 ? live[i] : 0.0F;
    }
  }
}

}  // namespace

HWY_EXPORT(ForwardPartOf);
HWY_EXPORT(BackwardPanel);

void pack_panel(const DenseShape& shape, const float* inputs, std::int64_t panel, float* packed) {
  const Panels panels(shape.inputs);
  const float* from = inputs + panels.begin(panel);
  float* to = packed + panels.offset(panel, 0, shape.batch);
  for (std::int64_t image = 0; image < shape.batch; ++image, from += shape.inputs) {
    float* end = std::copy_n(from, panels.used(panel), to);
    to += panels.width(panel);
    std::fill(end, to, 0.0F);
  }
}

std::int64_t forward_parts(const DenseShape& shape) {
  const ForwardBlocks blocks(shape);
  return blocks.outputs.count * blocks.images.count;
}

void dense_forward_part(const DenseShape& shape, const DenseForward& pass, std::int64_t part) {
  HWY_DYNAMIC_DISPATCH(ForwardPartOf)(shape, pass, ForwardBlocks(shape), part);
}

void find_entries(const DenseShape& shape,
                  const DenseGradient& gradient,
                  std::int64_t block,
                  const DenseEntries& entries) {
  const std::int64_t first = block * kEntryOutputs;
  const std::int64_t outputs = std::min(kEntryOutputs, shape.outputs - first);
  Entry* next_of_output[kEntryOutputs];
  for (std::int64_t i = 0; i < outputs; ++i) {
    next_of_output[i] = entries.by_output + (first + i) * (shape.batch + 1);
  }
  float live[kEntryOutputs];
  float bias_sums[kEntryOutputs] = {};
  for (std::int64_t image = 0; image < shape.batch; ++image) {
    find_live(gradient, image * shape.outputs + first, outputs, live);
    Entry* const by_image = entries.by_image + (block * shape.batch + image) * kEntryOutputs;
    Entry* next = by_image;
    for (std::int64_t i = 0; i < outputs; ++i) {
      // Written and then kept or not, without a jump: which are zero cannot be foretold.
      const int kept = static_cast<int>(live[i] != 0);
      *next = {static_cast<std::int32_t>(i), live[i]};
      next += kept;
      *next_of_output[i] = {static_cast<std::int32_t>(image), live[i]};
      next_of_output[i] += kept;
      bias_sums[i] += live[i];
    }
    entries.image_counts[block * shape.batch + image] = static_cast<std::int32_t>(next - by_image);
  }
  for (std::int64_t i = 0; i < outputs; ++i) {
    *next_of_output[i] = {std::numeric_limits<std::int32_t>::max(), 0.0F};
    if (gradient.bias_gradient != nullptr) {
      gradient.bias_gradient[first + i] = bias_sums[i];
    }
  }
}

void dense_backward_panel(const DenseShape& shape, const DenseBackward& pass, std::int64_t panel) {
  HWY_DYNAMIC_DISPATCH(BackwardPanel)(shape, pass, panel);
}

}  // namespace plumbline::fast
#endif
