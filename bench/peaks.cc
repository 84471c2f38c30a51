// What this machine can do with so many threads, as one JSON object: multiply-adds in registers,
// oneDNN's matrix product of 2048 x 2048, and reading and writing memory beyond the caches. The
// best of several tries each.
#include <fmt/format.h>
#include <omp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

namespace {

constexpr int kTries = 7;

double best_seconds(const std::function<void()>& work) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kTries; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(
        best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

// Sixteen floats, the compiler's widest for the function's target, and twenty sums so that none
// waits for itself.
using Wide = float __attribute__((vector_size(64)));
constexpr int kSums = 20;
constexpr std::int64_t kRepeats = 4'000'000;

__attribute__((target_clones("avx512f", "avx2,fma", "default"))) float multiply_adds() {
  Wide sums[kSums] = {};
  Wide factor{};
  Wide addend{};
  for (int lane = 0; lane < 16; ++lane) {
    factor[lane] = 0.999F;
    addend[lane] = 1e-3F;
  }
  for (std::int64_t i = 0; i < kRepeats; ++i) {
#pragma GCC unroll 20
    for (int s = 0; s < kSums; ++s) {
      sums[s] = sums[s] * factor + addend;
    }
  }
  float total = 0;
  for (const Wide& sum : sums) {
    total += sum[0];
  }
  return total;
}

double register_gflop_per_second(int threads) {
  std::vector<float> keep(static_cast<std::size_t>(threads));
  const double seconds = best_seconds([&] {
#pragma omp parallel num_threads(threads)
    keep[static_cast<std::size_t>(omp_get_thread_num())] = multiply_adds();
  });
  return 2.0 * 16 * kSums * static_cast<double>(kRepeats) * threads / seconds / 1e9;
}

double matrix_gflop_per_second() {
  constexpr dnnl::memory::dim kSize = 2048;
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  const dnnl::memory::desc desc(
      {kSize, kSize}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::ab);
  dnnl::memory a(desc, engine);
  dnnl::memory b(desc, engine);
  dnnl::memory c(desc, engine);
  for (const dnnl::memory& matrix : {a, b}) {
    auto* values = static_cast<float*>(matrix.get_data_handle());
    std::fill_n(values, kSize * kSize, 0.5F);
  }
  const dnnl::matmul product(dnnl::matmul::primitive_desc({desc, desc, desc}, engine));
  const double seconds = best_seconds([&] {
    product.execute(stream, {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, c}});
    stream.wait();
  });
  return 2.0 * kSize * kSize * kSize / seconds / 1e9;
}

// y = a x + y: two numbers read and one written for each element.
double memory_gb_per_second() {
  constexpr std::int64_t kElements = std::int64_t{1} << 27;  // 512 MB an array: beyond any cache
  std::vector<float> x(kElements, 1.0F);
  std::vector<float> y(kElements, 2.0F);
  const double seconds = best_seconds([&] {
#pragma omp parallel for simd schedule(static)
    for (std::int64_t i = 0; i < kElements; ++i) {
      y[static_cast<std::size_t>(i)] += 0.5F * x[static_cast<std::size_t>(i)];
    }
  });
  return 3.0 * sizeof(float) * static_cast<double>(kElements) / seconds / 1e9;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const int threads =
      argument_count == 2 ? static_cast<int>(std::strtol(arguments[1], nullptr, 10)) : 0;
  if (threads < 1) {
    std::fputs("plumbline-peaks: say how many threads, as in: plumbline-peaks 2\n", stderr);
    return 2;
  }
  omp_set_num_threads(threads);
  fmt::print(
      "{{\"threads\": {}, \"register_gflop_per_second\": {:.1f}, \"matrix_gflop_per_second\": "
      "{:.1f}, "
      "\"memory_gb_per_second\": {:.2f}}}\n",
      threads,
      register_gflop_per_second(threads),
      matrix_gflop_per_second(),
      memory_gb_per_second());
}
