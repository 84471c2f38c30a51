#include "report/example_results.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "base/error.h"
#include "store/results_file.h"

namespace plumbline {

namespace {

constexpr const char* kMachine =
    R"({"processor":"Example CPU","instruction_sets":"avx2","cores":2,"governor":"performance",)"
    R"("load_average":0.25,"memory_bytes":8000000000,"available_memory_bytes":4000000000,"kernel":"Linux 6.1"})";
constexpr std::size_t kClasses = 4;

// An even spread over -1 .. 1 that differs from seed to seed (the golden ratio's sequence).
double spread(std::size_t stack, std::uint64_t seed) {
  const double turn = 0.618034 * static_cast<double>(seed + 1) + 0.37 * static_cast<double>(stack);
  return 2 * (turn - std::floor(turn)) - 1;
}

std::string stack_name(std::size_t stack) {
  constexpr const char* kNames[] = {"native", "pytorch", "tensorflow", "keras-tensorflow"};
  return stack < std::size(kNames) ? kNames[stack] : fmt::format("stack-{}", stack);
}

// The last images are the ones that are got wrong, a few from seed to seed others.
void add_predictions(const ExampleShape& shape,
                     std::size_t stack,
                     std::uint64_t seed,
                     TrialRecord& trial) {
  const auto images = static_cast<std::size_t>(shape.test_images);
  const auto wrong =
      static_cast<std::size_t>(std::lround((1 - *trial.accuracy) * static_cast<double>(images)));
  trial.correct.assign((images + 7) / 8, 0);
  trial.predicted_class.resize(images);
  for (std::size_t image = 0; image < images; ++image) {
    const std::size_t place = (image * 7 + stack * 3 + static_cast<std::size_t>(seed)) % images;
    const bool right = place >= wrong;
    const std::size_t label = image % kClasses;
    trial.predicted_class[image] =
        static_cast<std::uint16_t>(right ? label : (label + 1) % kClasses);
    if (right) {
      trial.correct[image / 8] =
          static_cast<std::uint8_t>(trial.correct[image / 8] | (1U << (image % 8)));
    }
  }
  trial.accuracy = static_cast<double>(images - wrong) / static_cast<double>(images);
}

void make_failure(TrialRecord& trial, Outcome outcome, const std::string& reason) {
  trial.outcome = outcome;
  trial.reason = reason;
  trial.accuracy.reset();
  trial.correct.clear();
  trial.predicted_class.clear();
}

using Change = std::function<void(TrialRecord&, std::size_t stack, std::uint64_t seed)>;

void write_trials(const ExampleShape& shape,
                  const std::string& study,
                  const std::filesystem::path& path,
                  const Change& change) {
  ResultsFile file(path, ResultsFile::Access::Write);
  RunRecord run;
  run.study_text = study;
  run.mode = "as-shipped";
  run.threads = 2;
  run.machine = kMachine;
  run.started_at = "2026-01-02T03:04:05Z";
  const std::int64_t id = file.begin_run(run);
  for (std::uint64_t seed = 0; seed < shape.seeds; ++seed) {
    for (std::size_t stack = 0; stack < shape.stacks; ++stack) {
      TrialRecord trial = example_trial(shape, stack, seed);
      change(trial, stack, seed);
      file.add_trial(id, trial);
    }
  }
  file.end_run(id, "2026-01-02T03:14:05Z");
}

void make_hostile(TrialRecord& trial) {
  const std::string markup =
      "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";
  trial.stack = markup + trial.stack;
  trial.data = markup;
  trial.device = markup;
  trial.settings = {{markup, markup}, {"a`b|c", "x_{y}\\%$#~^&"}};
  trial.versions = {{markup, "1 " + markup}};
  trial.phases[markup] = 1;
  trial.standard_error = "\x1b[31m" + markup + "\xff\xfe";
  trial.detail = markup;
}

void write_hostile(const std::filesystem::path& path) {
  const ExampleShape shape{3, 3, 20, 4};
  write_trials(shape,
               "question = \"</textarea><script>alert(3)</script>\"\n# ]]> --> ```",
               path,
               [](TrialRecord& trial, std::size_t stack, std::uint64_t) {
                 if (stack == 2) {
                   make_failure(
                       trial, Outcome::Crashed, "<b onmouseover=alert(4)>gone</b>\n\n| a | `");
                 }
                 make_hostile(trial);
               });
}

void change_small(TrialRecord& trial, std::size_t stack, std::uint64_t seed) {
  if (stack == 1 && seed == 2) {
    make_failure(trial, Outcome::Diverged, "The loss is nan at step 40.");
  }
  if (stack == 2 && seed == 3) {
    make_failure(trial, Outcome::Crashed, "The worker was killed by signal 11.");
    trial.standard_error = "Segmentation fault\n";
  }
  if (stack == 3) {
    make_failure(trial, Outcome::Unsupported, "This stack has no convolution with an even kernel.");
  }
}

}  // namespace

std::string example_study(const ExampleShape& shape) {
  std::string stacks;
  for (std::size_t stack = 0; stack < shape.stacks; ++stack) {
    stacks += fmt::format("{}\"{}\"", stack == 0 ? "" : ", ", stack_name(stack));
  }
  return fmt::format(R"(question = "Do circles and squares look alike to every framework?"
data = ["./shapes.npz"]
seeds = {}
stacks = [{}]

[network]
input = [8, 8, 1]
layers = [
  {{ flatten = true }},
  {{ dense = {} }},
]

[recipe]
loss = "softmax_cross_entropy"
optimizer = {{ adam = {{ learning_rate = 0.01 }} }}
batch = 20
epochs = 3

[comparison]
accuracy_margin_points = 0.5
)",
                     shape.seeds,
                     stacks,
                     kClasses);
}

TrialRecord example_trial(const ExampleShape& shape, std::size_t stack, std::uint64_t seed) {
  const double slowness = 1 + 0.5 * static_cast<double>(stack);
  const double jitter = 1 + 0.02 * spread(stack + 3, seed);
  TrialRecord trial;
  trial.key = fmt::format("{}-{}", stack, seed);
  trial.data = "shapes";
  trial.stack = stack_name(stack);
  trial.device = "cpu";
  trial.seed = seed;
  trial.mode = "as-shipped";
  trial.outcome = Outcome::Trained;
  trial.steps = 60;
  trial.final_loss = 0.2 + 0.01 * spread(stack, seed);
  trial.accuracy = 0.95 - 0.05 * static_cast<double>(stack) + 0.02 * spread(stack, seed);
  trial.test_images = shape.test_images;
  trial.phases = {{"import", 0.5},
                  {"load", 0.25},
                  {"build", 0.125},
                  {"compile", 0.125 * slowness},
                  {"train", 4 * slowness * jitter},
                  {"predict", 0.5},
                  {"inspect", 0.0625},
                  {"residual", 0.0625}};
  for (const auto& [phase, seconds] : trial.phases) {
    trial.wall_seconds += seconds;
  }
  trial.use = {static_cast<std::int64_t>(200'000'000 * (stack + 1)), 6 * slowness, 0.5};
  trial.network_isolated = true;
  trial.pid_isolated = true;
  trial.started_at = "2026-01-02T03:04:06Z";
  trial.ended_at = "2026-01-02T03:04:16Z";
  for (std::size_t point = 1; point <= shape.curve_points; ++point) {
    const double x = static_cast<double>(point) / static_cast<double>(shape.curve_points);
    trial.curve.emplace_back(static_cast<std::int64_t>(60 * point / shape.curve_points),
                             2.3 * std::exp2(-4 * x) + 0.05 * (1 + spread(stack, seed + point)));
  }
  trial.settings = {{"optimizer.epsilon", stack == 0 ? "1e-08" : "1e-07"},
                    {"optimizer.name", "\"adam\""},
                    {"threads", "2"}};
  trial.versions = {{"python", "3.11.7"}, {trial.stack, fmt::format("{}.0", stack + 1)}};
  add_predictions(shape, stack, seed, trial);
  return trial;
}

void write_example(const std::string& name, const std::filesystem::path& path) {
  const ExampleShape small;
  const auto as_it_is = [](TrialRecord&, std::size_t, std::uint64_t) {};
  if (name == "small") {
    write_trials(small, example_study(small), path, change_small);
  } else if (name == "large") {
    const ExampleShape large{10, 100, 10'000, 200};
    write_trials(large, example_study(large), path, as_it_is);
  } else if (name == "one") {
    const ExampleShape one{1, 1, 60, 12};
    write_trials(one, example_study(one), path, as_it_is);
  } else if (name == "failed") {
    write_trials(
        small, example_study(small), path, [](TrialRecord& trial, std::size_t, std::uint64_t) {
          make_failure(trial, Outcome::TimedOut, "The trial took longer than 5 s.");
        });
  } else if (name == "empty") {
    const ResultsFile file(path, ResultsFile::Access::Write);
  } else if (name == "hostile") {
    write_hostile(path);
  } else if (name == "slower") {
    write_trials(small,
                 example_study(small),
                 path,
                 [](TrialRecord& trial, std::size_t stack, std::uint64_t) {
                   if (stack == 1) {
                     trial.versions["pytorch"] = "2.1";
                     trial.phases["train"] *= 2;
                     trial.accuracy = *trial.accuracy - 0.2;
                   }
                 });
  } else if (name == "trained") {
    write_trials(small, example_study(small), path, as_it_is);
  } else {
    throw UsageError("There is no example '" + name + "'.");
  }
}

}  // namespace plumbline
