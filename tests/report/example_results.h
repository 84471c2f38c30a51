#pragma once

#include <filesystem>
#include <string>

#include "store/trial_record.h"

namespace plumbline {

// Results files for the tests of reports, made through src/store from numbers that are the same on
// every machine.

struct ExampleShape {
  std::size_t stacks = 4;
  std::size_t seeds = 6;
  std::int64_t test_images = 60;
  std::size_t curve_points = 12;
};

// The study that the example was made from: own data "shapes.npz", which is not there unless a test
// puts it beside the results file.
[[nodiscard]] std::string example_study(const ExampleShape& shape);

// One trial: stack k is 0.01 * k less accurate and 1 + k / 2 times as slow as stack 0, beside a
// spread over seeds.
[[nodiscard]] TrialRecord example_trial(const ExampleShape& shape,
                                        std::size_t stack,
                                        std::uint64_t seed);

// "small": a diverged, a crashed and an unsupported trial among 4 x 6. "large": 10 x 100, all
// trained. "one": a single trial. "failed": none trained. "empty": no trial. "hostile": every text
// is markup and quotes. "trained": as small, without failures. "slower": the same with a newer
// pytorch that is less accurate and slower.
void write_example(const std::string& name, const std::filesystem::path& path);

}  // namespace plumbline
