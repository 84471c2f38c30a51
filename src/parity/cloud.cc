#include "parity/cloud.h"

namespace plumbline::parity {

std::vector<reference::Float32Dialect> cloud_dialects() {
  using enum reference::SummationOrder;
  return {
      {.order = Sequential},
      {.order = Sequential, .fused_multiply_add = true, .one_pass_variance = true},
      {.order = Reversed},
      {.order = Pairwise},
      {.order = Blocked, .lanes = 8, .fused_multiply_add = true},
      {.order = Blocked, .lanes = 16, .one_pass_variance = true},
      {.order = Blocked, .lanes = 32},
      {.order = Shuffled, .seed = 1},
  };
}

}  // namespace plumbline::parity
