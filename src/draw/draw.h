#pragma once

#include <cstdint>
#include <vector>

#include "base/philox.h"
#include "draw/initialiser_dialect.h"
#include "study/network.h"
#include "study/recipe.h"
#include "tensor/tensor.h"

namespace plumbline {

// The random draws of a study, from Philox streams: what controlled mode injects into every stack,
// and what the native engine uses as its own. The draws are pure: the same key gives the same bits
// on every machine, with any compiler and any number of threads.

// Every parameter of the network, float32. Kernels by `recipe.weights` and biases by
// `recipe.biases`; where these are left out glorot_uniform (Glorot & Bengio 2010) and zeros. gamma
// 1, beta 0, moving_mean 0, moving_variance 1. With a Checkpoint they are what `load_checkpoint`
// returns. Stream id = the parameter's index in parameters(network); element e is drawn from
// uniform_f64(e) and rounded once to float32. glorot/he/lecun_normal are plain normals of the
// papers' variances, without truncation; truncated_normal is cut at two standard deviations and not
// rescaled (its sd is 0.8796 of stddev). A dialect other than the default's means something else by
// these names and by what is left out (initialiser_dialect.h).
[[nodiscard]] TensorMap initial_weights(const Network& network,
                                        const Recipe& recipe,
                                        PhiloxKey key,
                                        const InitialiserDialect& dialect = {});

// Reads the checkpoint and checks names, shapes and dtype (F32) against the network; what else is
// in the file is left out. EnvironmentError names file and tensor; UsageError a mapped name that is
// no parameter.
[[nodiscard]] TensorMap load_checkpoint(const Network& network, const Checkpoint& checkpoint);

// The order of one epoch (from 0): a permutation of 0..images-1 by Fisher-Yates with Lemire's
// bounded integers, or the identity when the recipe does not shuffle. Step = epoch; position i is
// swapped with one drawn from word i of the stream with id = attempt.
[[nodiscard]] std::vector<std::int64_t> epoch_order(const Recipe& recipe,
                                                    std::int64_t images,
                                                    std::int64_t epoch,
                                                    PhiloxKey key);

// Yields the batches of a training: indices of step 0, 1, ... in order, reshuffled each epoch, last
// batch kept or dropped. UsageError when there is no batch to take.
class BatchOrder {
 public:
  BatchOrder(const Recipe& recipe, std::int64_t images, PhiloxKey key);
  [[nodiscard]] std::vector<std::int64_t> next();

 private:
  Recipe recipe_;
  std::int64_t images_;
  PhiloxKey key_;
  std::int64_t epoch_ = 0;
  std::int64_t position_ = 0;
  std::vector<std::int64_t> order_;
};

// The mask of one dropout layer at one step, (batch, ...layer output shape), U8, 1 = keep: kept
// where the stream's word is below floor((1 - rate) * 2^32). `layer_index` is the layer's position
// in network.layers and the stream's id; steps count from 0.
[[nodiscard]] Tensor dropout_mask(const Network& network,
                                  std::size_t layer_index,
                                  std::int64_t batch,
                                  std::int64_t step,
                                  PhiloxKey key);
// Those of all dropout layers of the network, by layer.
[[nodiscard]] TensorMap dropout_masks(const Network& network,
                                      std::int64_t batch,
                                      std::int64_t step,
                                      PhiloxKey key);

}  // namespace plumbline
