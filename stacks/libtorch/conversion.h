#pragma once

#include <torch/torch.h>

#include "tensor/tensor.h"

// A view of the tensor's memory; only to be read.
[[nodiscard]] torch::Tensor view_of(const plumbline::Tensor& tensor);
// A copy of the values, F32.
[[nodiscard]] plumbline::Tensor tensor_of(const torch::Tensor& values);
