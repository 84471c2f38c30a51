#pragma once

#include "study/network.h"

namespace plumbline::bench {

// The CNN of Mahajan 2017, as studies/paper.toml has it.
[[nodiscard]] inline Network paper_network() {
  const Activation relu{ActivationKind::Relu, {}, {}};
  Network network;
  network.input = {28, 28, 1};
  network.layers = {
      {"conv2d_1",
       Conv2d{.filters = 32, .kernel = {5, 5}, .padding = Padding::Same, .activation = relu},
       {"input"},
       {}},
      {"max_pool_1", MaxPool{{2, 2}, {2, 2}, Padding::Valid}, {"conv2d_1"}, {}},
      {"conv2d_2",
       Conv2d{.filters = 64, .kernel = {5, 5}, .padding = Padding::Same, .activation = relu},
       {"max_pool_1"},
       {}},
      {"max_pool_2", MaxPool{{2, 2}, {2, 2}, Padding::Valid}, {"conv2d_2"}, {}},
      {"flatten_1", Flatten{}, {"max_pool_2"}, {}},
      {"dense_1", Dense{.units = 1024, .activation = relu}, {"flatten_1"}, {}},
      {"dropout_1", Dropout{0.5}, {"dense_1"}, {}},
      {"dense_2", Dense{.units = 10, .activation = {}}, {"dropout_1"}, {}}};
  infer_shapes(network);
  return network;
}

}  // namespace plumbline::bench
