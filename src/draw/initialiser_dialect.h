#pragma once

namespace plumbline {

// What frameworks mean differently by an initialiser's name, and by none at all: laws, never a
// framework's own bits. The defaults are those of draw.h.

// glorot_normal, he_normal and lecun_normal, of the paper's standard deviation s.
enum class ScaledNormal {
  Whole,             // normal of s: torch.nn.init of PyTorch 2.13
  Truncated,         // normal of s cut at 2 s, so that 0.8796 s is left: Keras 2.0.9 and 2.1.6
  TruncatedToScale,  // normal of s / 0.87962566 cut at twice that, so that s is left: Keras 2.3.1
                     // and 3.15.1, jax.nn.initializers of JAX 0.10.2
};

// A kernel whose initialiser the recipe leaves out.
enum class DefaultKernel {
  GlorotUniform,   // Keras 2.0.9 to 3.15.1
  UniformOfFanIn,  // between -1 / sqrt(fan_in) and that: kaiming_uniform_(a=sqrt(5)) of Conv2d and
                   // Linear in PyTorch 2.13
  LecunNormal,     // by ScaledNormal; with TruncatedToScale Flax 0.12.8's
};

// A bias whose initialiser the recipe leaves out.
enum class DefaultBias {
  Zeros,           // Keras 2.0.9 to 3.15.1, Flax 0.12.8
  UniformOfFanIn,  // as above with its kernel's fan_in: PyTorch 2.13
};

struct InitialiserDialect {
  ScaledNormal scaled_normal = ScaledNormal::Whole;
  DefaultKernel default_kernel = DefaultKernel::GlorotUniform;
  DefaultBias default_bias = DefaultBias::Zeros;
};

}  // namespace plumbline
