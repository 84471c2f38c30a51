#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace plumbline::reference {

// A dense row-major array of an Arithmetic's values, zero when made. Indices are not checked:
// shapes are, where a layer begins.
template <typename Value>
class Array {
 public:
  Array() = default;
  explicit Array(Shape shape)
      : shape_(std::move(shape)), values_(static_cast<std::size_t>(element_count(shape_))) {}

  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::int64_t extent(std::size_t axis) const { return shape_[axis]; }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(values_.size()); }
  // The last axis, and how many rows of that length there are.
  [[nodiscard]] std::int64_t channels() const { return shape_.back(); }
  [[nodiscard]] std::int64_t rows() const { return size() / channels(); }

  [[nodiscard]] std::span<Value> values() { return values_; }
  [[nodiscard]] std::span<const Value> values() const { return values_; }
  [[nodiscard]] std::span<const Value> row(std::int64_t index) const {
    return values().subspan(offset(index * channels()), offset(channels()));
  }
  [[nodiscard]] Value& operator()(std::int64_t i) { return values_[offset(i)]; }
  [[nodiscard]] const Value& operator()(std::int64_t i) const { return values_[offset(i)]; }
  // (row, channel), whatever the number of axes.
  [[nodiscard]] Value& operator()(std::int64_t i, std::int64_t j) {
    return values_[offset(i * channels() + j)];
  }
  [[nodiscard]] const Value& operator()(std::int64_t i, std::int64_t j) const {
    return values_[offset(i * channels() + j)];
  }
  [[nodiscard]] Value& operator()(std::int64_t i, std::int64_t j, std::int64_t k, std::int64_t l) {
    return values_[offset(((i * shape_[1] + j) * shape_[2] + k) * shape_[3] + l)];
  }
  [[nodiscard]] const Value& operator()(std::int64_t i,
                                        std::int64_t j,
                                        std::int64_t k,
                                        std::int64_t l) const {
    return values_[offset(((i * shape_[1] + j) * shape_[2] + k) * shape_[3] + l)];
  }
  [[nodiscard]] Array reshaped(Shape shape) const {
    Array copy = *this;
    copy.shape_ = std::move(shape);
    return copy;
  }

 private:
  [[nodiscard]] static std::size_t offset(std::int64_t index) {
    return static_cast<std::size_t>(index);
  }
  Shape shape_;
  std::vector<Value> values_;
};

}  // namespace plumbline::reference
