#pragma once

#include <random>

#include "engine/defaults.h"

namespace plumbline {

// A small network of every operation at random, from images to two to five classes: a graph whose
// layers take any earlier one of a shape that fits, with every kind of window, activation and join,
// and whose every output is used. The same generator gives the same network; a test that fails must
// say the seed.
[[nodiscard]] Network random_network(std::mt19937& random);

// The network with a loss and a dialect at random. Left out is that each of several equal inputs of
// a max_pool gets the whole gradient: that is no derivative, and such ties do happen (a layer
// behind dropout gives its bias wherever all inputs were dropped).
[[nodiscard]] Settings random_settings(const Network& network, std::mt19937& random);

}  // namespace plumbline
