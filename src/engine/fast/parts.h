#pragma once

#include <cstdint>
#include <dnnl.hpp>
#include <vector>

#include "engine/fast/runtime.h"

namespace plumbline::fast {

// oneDNN chooses how to cut a primitive's work, and with it the order of its sums, by the number of
// threads. Where sums go over the batch we cut the batch ourselves, by its size alone: each part
// has primitives made for one thread, and threads take parts. So bits do not depend on threads.

// A batch in `count` parts, all about as large as each other.
class BatchParts {
 public:
  BatchParts() = default;
  BatchParts(std::int64_t batch, std::int64_t most)
      : batch_(batch), count_(batch < most ? batch : most) {}
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::int64_t begin(std::int64_t part) const { return batch_ * part / count_; }
  [[nodiscard]] std::int64_t size(std::int64_t part) const { return begin(part + 1) - begin(part); }

 private:
  std::int64_t batch_ = 1;
  std::int64_t count_ = 1;
};

// While it lives, oneDNN makes primitives for one thread.
class ForOneThread {
 public:
  ForOneThread();
  ~ForOneThread();
  ForOneThread(const ForOneThread&) = delete;
  ForOneThread& operator=(const ForOneThread&) = delete;

 private:
  int threads_;
};

// The layout of `desc` for another batch size. Throws Error where images do not lie one after
// another.
[[nodiscard]] dnnl::memory::desc with_batch(const dnnl::memory::desc& desc, std::int64_t batch);
// Some images of a memory.
[[nodiscard]] dnnl::memory images_of(const dnnl::memory& whole,
                                     std::int64_t begin,
                                     std::int64_t count);

// Attributes by which a primitive takes its scratch memory as an argument, so that several can run
// at once.
[[nodiscard]] dnnl::primitive_attr with_own_scratchpad(dnnl::primitive_attr attributes = {});

// The calls of all parts, each made ForOneThread and with_own_scratchpad.
class PartedCall {
 public:
  void add(const Runtime& runtime, Call call, const dnnl::memory::desc& scratchpad);
  void run() const;

 private:
  struct Part {
    Runtime runtime;  // a stream of its own, as parts run at once
    Call call;
  };
  std::vector<Part> parts_;
};

// target = the sum of `parts`, one after another. The first may be the target.
void add_up(const std::vector<dnnl::memory>& parts, float* target);

// Makes a primitive for one thread.
template <typename Primitive>
[[nodiscard]] Primitive one_thread(const typename Primitive::primitive_desc& desc) {
  const ForOneThread one;
  return Primitive(desc);
}

}  // namespace plumbline::fast
