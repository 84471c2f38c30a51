#include "conversion.h"

#include <algorithm>

#include "base/error.h"

namespace {

torch::ScalarType scalar_type(plumbline::DType dtype) {
  switch (dtype) {
    case plumbline::DType::Bool:
      return torch::kBool;
    case plumbline::DType::U8:
      return torch::kUInt8;
    case plumbline::DType::I32:
      return torch::kInt32;
    case plumbline::DType::I64:
      return torch::kInt64;
    case plumbline::DType::F32:
      return torch::kFloat32;
    case plumbline::DType::F64:
      return torch::kFloat64;
  }
  throw plumbline::Error("A tensor has an unknown dtype.");
}

}  // namespace

torch::Tensor view_of(const plumbline::Tensor& tensor) {
  auto* bytes = const_cast<std::byte*>(tensor.bytes().data());
  return torch::from_blob(bytes, tensor.shape(), torch::dtype(scalar_type(tensor.dtype())));
}

plumbline::Tensor tensor_of(const torch::Tensor& values) {
  const torch::Tensor source = values.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  plumbline::Tensor tensor(plumbline::DType::F32, source.sizes().vec());
  std::copy_n(source.const_data_ptr<float>(), tensor.size(), tensor.as<float>().data());
  return tensor;
}
