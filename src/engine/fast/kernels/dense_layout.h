#pragma once

#include <algorithm>
#include <cstdint>

namespace plumbline::fast {

struct DenseShape {
  std::int64_t batch = 0;
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;
};

// How the kernels of dense layers cut the inputs into panels. A matrix (rows, inputs) in panels is
// (panel, row, input of the panel), each row of a panel filled up with zeros to whole vectors of
// 16: the activations have a row for each image, the layer's kernel one for each output. A panel is
// as wide as the registers can sum at once, and narrower where that leaves several for the threads.
class Panels {
 public:
  explicit Panels(std::int64_t inputs)
      : inputs_(inputs),
        vectors_((inputs + kVector - 1) / kVector),
        count_((vectors_ + width_for(vectors_) - 1) / width_for(vectors_)) {}

  [[nodiscard]] std::int64_t count() const { return count_; }
  // The first input of a panel.
  [[nodiscard]] std::int64_t begin(std::int64_t panel) const {
    return vectors_ * panel / count_ * kVector;
  }
  // Floats of a row, zeros included.
  [[nodiscard]] std::int64_t width(std::int64_t panel) const {
    return begin(panel + 1) - begin(panel);
  }
  // Floats of a row that stand for inputs.
  [[nodiscard]] std::int64_t used(std::int64_t panel) const {
    return std::min(width(panel), inputs_ - begin(panel));
  }
  // Of a whole matrix.
  [[nodiscard]] std::int64_t floats(std::int64_t rows) const { return vectors_ * kVector * rows; }
  // Where a row of a panel starts in a matrix of `rows` rows.
  [[nodiscard]] std::int64_t offset(std::int64_t panel, std::int64_t row, std::int64_t rows) const {
    return begin(panel) * rows + row * width(panel);
  }

 private:
  static constexpr std::int64_t kVector = 16;
  static constexpr std::int64_t kWidest = 14;
  static constexpr std::int64_t kNarrowest = 4;
  static constexpr std::int64_t kWanted = 8;
  static std::int64_t width_for(std::int64_t vectors) {
    return std::clamp((vectors + kWanted - 1) / kWanted, kNarrowest, kWidest);
  }

  std::int64_t inputs_;
  std::int64_t vectors_;
  std::int64_t count_;
};

}  // namespace plumbline::fast
