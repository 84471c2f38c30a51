// plumbline-parity-check CASE.json: judges one framework's training steps and evaluation against
// the float64 oracle (case_file.h tells the input). One line a tensor on standard output. Exits
// with 0 when all hold and something was seen, else with 1; when the case cannot be judged, with
// the exit code of the error.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "parity/case_file.h"

namespace plumbline::parity {
namespace {

void print(const Judgement& judgement) {
  fmt::print(
      "{:<10} {:<40} rho {:<10.3g} cloud {:<10.3g} relative_error {:<10.3g} resolution {:.3g}\n",
      verdict_name(judgement.verdict),
      judgement.name,
      judgement.rho,
      judgement.cloud_rho,
      judgement.relative_error,
      judgement.resolution);
}

ExitCode check(const std::filesystem::path& path) {
  const CaseFile file = read_case(path);
  std::vector<Judgement> judgements;
  if (file.training) {
    judgements = judge_training(*file.training, file.training_found);
  }
  if (file.evaluation) {
    judgements.push_back(judge_evaluation(*file.evaluation, file.outputs));
  }
  std::for_each(judgements.begin(), judgements.end(), print);
  const bool hold = std::all_of(
      judgements.begin(), judgements.end(), [](const Judgement& j) { return j.holds(); });
  const bool seen = std::any_of(judgements.begin(), judgements.end(), [](const Judgement& j) {
    return j.verdict != Verdict::Vacuous;
  });
  if (!seen) {
    fmt::print(stderr, "Nothing could be judged: every tensor is vacuous.\n");
  }
  return hold && seen ? ExitCode::Done : ExitCode::SomeFailed;
}

int run(int argument_count, char** arguments) {
  if (argument_count != 2) {
    fmt::print(stderr, "Usage: plumbline-parity-check CASE.json\n");
    return static_cast<int>(ExitCode::Usage);
  }
  try {
    return static_cast<int>(check(arguments[1]));
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  }
}

}  // namespace
}  // namespace plumbline::parity

int main(int argument_count, char** arguments) {
  return plumbline::parity::run(argument_count, arguments);
}
