#include <fmt/format.h>

#include <algorithm>

#include "report/tables/study_tables.h"

namespace plumbline {

namespace {

std::vector<std::size_t> in_order(const std::vector<std::size_t>& ranking, std::size_t stacks) {
  std::vector<std::size_t> order = ranking;
  for (std::size_t stack = 0; stack < stacks; ++stack) {
    if (std::find(order.begin(), order.end(), stack) == order.end()) {
      order.push_back(stack);
    }
  }
  return order;
}

Cell mean_cell(const Summary& summary) {
  Cell cell;
  if (summary.count > 0) {
    cell.value = summary.mean;
    cell.sd = summary.sd;
  }
  return cell;
}

Cell count_cell(std::size_t count) {
  return {static_cast<double>(count)};
}

Cell needed_cell(const std::optional<std::size_t>& seeds) {
  return seeds ? count_cell(*seeds) : Cell();
}

std::string verdict_text(PairVerdict verdict, bool exploratory) {
  return std::string(verdict_name(verdict)) + (exploratory ? ", exploratory" : "");
}

std::string trained_text(const StackSummary& summary) {
  std::size_t trials = 0;
  for (const auto& [outcome, count] : summary.outcomes) {
    trials += count;
  }
  const auto trained = summary.outcomes.find("trained");
  return trials == 0
             ? "not run"
             : fmt::format(
                   "{} of {}", trained == summary.outcomes.end() ? 0 : trained->second, trials);
}

// "95%" of the intervals that the comparison made.
std::string confidence_text(const Comparison& comparison) {
  return fmt::format("{:.4g}%", 100 * comparison.settings.confidence);
}

std::string seeds_note(const StudyReport& report) {
  return fmt::format("{} seed{}, {}, {} thread{}",
                     report.seeds.size(),
                     report.seeds.size() == 1 ? "" : "s",
                     report.mode,
                     report.threads,
                     report.threads == 1 ? "" : "s");
}

// What a stack's row says of it against the baseline: verdict, figure, interval, seeds to decide.
template <typename CellsOf>
std::vector<Cell> against_baseline(const Comparison& comparison,
                                   const std::vector<std::size_t>& ranking,
                                   std::size_t stack,
                                   const char* first,
                                   const CellsOf& cells_of) {
  const std::optional<std::size_t> baseline = baseline_of(comparison, ranking);
  if (baseline && stack == *baseline) {
    return {comparison.settings.reference ? "reference" : first, Cell(), Cell(), Cell()};
  }
  const std::optional<PairComparison> pair =
      baseline ? pair_of(comparison, stack, *baseline) : std::nullopt;
  const bool is_ranked = std::find(ranking.begin(), ranking.end(), stack) != ranking.end();
  return pair && is_ranked ? cells_of(*pair) : std::vector<Cell>(4);
}

std::vector<Cell> accuracy_cells(const PairComparison& pair) {
  const AccuracyComparison& accuracy = pair.accuracy;
  return {verdict_text(accuracy.verdict, accuracy.exploratory),
          accuracy.difference,
          accuracy.interval,
          needed_cell(accuracy.needed_seeds)};
}

std::vector<Cell> time_cells(const PairComparison& pair) {
  const TimeComparison& time = pair.time;
  return {verdict_text(time.verdict, time.exploratory),
          time.ratio,
          time.interval,
          needed_cell(time.needed_seeds)};
}

void append(std::vector<Cell>& row, const std::vector<Cell>& cells) {
  row.insert(row.end(), cells.begin(), cells.end());
}

std::string against_heading(const StudyReport& report,
                            const Comparison& comparison,
                            const char* first) {
  return "Against " + (comparison.settings.reference ? report.stacks[*comparison.settings.reference]
                                                     : std::string(first));
}

// How to read the intervals of an endpoint's pairs.
std::string family_note(const Comparison& comparison) {
  std::string note =
      fmt::format("All intervals against others hold together at {}", confidence_text(comparison));
  return note + (comparison.settings.looks == Looks::AfterEveryBlock
                     ? ", whenever one looks: seeds were added until the ranking was settled."
                     : ".");
}

std::vector<std::size_t> trained_stacks(const DataReport& data) {
  std::vector<std::size_t> stacks;
  for (const std::size_t stack :
       in_order(data.comparison.time_ranking, data.summary.stacks.size())) {
    if (data.summary.stacks[stack].accuracy.count > 0) {
      stacks.push_back(stack);
    }
  }
  return stacks;
}

}  // namespace

Table accuracy_table(const StudyReport& report, const DataReport& data) {
  const Comparison& comparison = data.comparison;
  Table table{
      "accuracy",
      data.data,
      "Test accuracy on " + data.data,
      fmt::format("Per cent of the test images, mean ± 1 sd over seeds; {}. A stack's own "
                  "interval is for it alone. Differences are in percentage points. {}",
                  seeds_note(report),
                  family_note(comparison)),
      {{"stack", "Stack"},
       {"accuracy", "Accuracy, %", Quantity::Share, CellForm::MeanSd},
       {"accuracy", confidence_text(comparison) + " interval", Quantity::Share, CellForm::Interval},
       {"trained", "Trained"},
       {"accuracy_verdict", against_heading(report, comparison, "the best"), Quantity::Verdict},
       {"accuracy_difference", "Difference", Quantity::SharePoints},
       {"accuracy_difference", "Its interval", Quantity::SharePoints, CellForm::Interval},
       {"accuracy_needed_seeds", "Seeds to decide", Quantity::Count}},
      {}};
  for (const std::size_t stack : in_order(comparison.ranking, report.stacks.size())) {
    const StackStanding& standing = comparison.stacks[stack];
    std::vector<Cell> row = {report.stacks[stack],
                             mean_cell(standing.accuracy),
                             standing.accuracy_interval,
                             trained_text(data.summary.stacks[stack])};
    append(row,
           against_baseline(comparison, comparison.ranking, stack, "highest mean", accuracy_cells));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table time_table(const StudyReport& report, const DataReport& data) {
  const Comparison& comparison = data.comparison;
  Table table{
      "time",
      data.data,
      "Time on " + data.data,
      fmt::format("load + build + compile (first step) + train + predict, mean ± 1 sd over "
                  "seeds; {}. Ratios are of the two stacks' times and come from trials that "
                  "ran side by side. {}",
                  seeds_note(report),
                  family_note(comparison)),
      {{"stack", "Stack"},
       {"time_seconds", "Time", Quantity::Seconds, CellForm::MeanSd},
       {"time_seconds",
        confidence_text(comparison) + " interval",
        Quantity::Seconds,
        CellForm::Interval},
       {"loaded_trials", "On a busy machine", Quantity::Count},
       {"time_verdict", against_heading(report, comparison, "the fastest"), Quantity::Verdict},
       {"time_ratio", "Ratio", Quantity::Ratio},
       {"time_ratio", "Its interval", Quantity::Ratio, CellForm::Interval},
       {"time_needed_seeds", "Seeds to decide", Quantity::Count}},
      {}};
  for (const std::size_t stack : in_order(comparison.time_ranking, report.stacks.size())) {
    const StackSummary& summary = data.summary.stacks[stack];
    std::vector<Cell> row = {report.stacks[stack],
                             mean_cell(summary.time_seconds),
                             comparison.stacks[stack].seconds_interval,
                             count_cell(summary.loaded_trials)};
    append(
        row,
        against_baseline(comparison, comparison.time_ranking, stack, "shortest mean", time_cells));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table phases_table(const StudyReport& report, const DataReport& data) {
  Table table{"phases",
              data.data,
              "Where the time goes on " + data.data,
              "Mean seconds of the trained trials. The headline time is load + build + compile + "
              "train + predict.",
              {{"stack", "Stack"}},
              {}};
  for (const char* const phase : kPhases) {
    table.columns.push_back({std::string(phase) + "_seconds", phase, Quantity::Seconds});
  }
  table.columns.push_back({"wall_seconds", "= wall", Quantity::Seconds});
  for (const std::size_t stack : trained_stacks(data)) {
    const StackSummary& summary = data.summary.stacks[stack];
    std::vector<Cell> row = {report.stacks[stack]};
    for (const char* const phase : kPhases) {
      const auto found = summary.phase_seconds.find(phase);
      row.push_back(found == summary.phase_seconds.end() ? Cell() : Cell(found->second));
    }
    row.emplace_back(summary.wall_seconds.mean);
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table resources_table(const StudyReport& report, const DataReport& data) {
  Table table{"resources",
              data.data,
              "Memory and processor time on " + data.data,
              "Means of the trained trials; memory is the largest that a trial's processes held "
              "together.",
              {{"stack", "Stack"},
               {"peak_resident_bytes", "Peak memory", Quantity::Bytes},
               {"cpu_seconds", "CPU time", Quantity::Seconds}},
              {}};
  for (const std::size_t stack : trained_stacks(data)) {
    const StackSummary& summary = data.summary.stacks[stack];
    table.rows.push_back({report.stacks[stack], summary.peak_resident_bytes, summary.cpu_seconds});
  }
  return table;
}

Table trials_table(const StudyReport& report, const DataReport& data) {
  Table table{"trials",
              data.data,
              "Every trial on " + data.data,
              "",
              {{"stack", "Stack"},
               {"seed", "Seed", Quantity::Count},
               {"outcome", "Outcome"},
               {"accuracy", "Accuracy, %", Quantity::Share},
               {"time_seconds", "Time", Quantity::Seconds},
               {"wall_seconds", "Wall time", Quantity::Seconds},
               {"cpu_seconds", "CPU time", Quantity::Seconds},
               {"peak_resident_bytes", "Peak memory", Quantity::Bytes},
               {"final_loss", "Final loss", Quantity::Number},
               {"other_load", "Others' load, cores", Quantity::Number}},
              {}};
  for (const TrialReport& trial : data.trials) {
    table.rows.push_back({report.stacks[trial.stack],
                          static_cast<double>(trial.seed),
                          trial.outcome,
                          trial.accuracy,
                          trial.time_seconds,
                          trial.wall_seconds,
                          trial.cpu_seconds,
                          trial.peak_resident_bytes,
                          trial.final_loss,
                          trial.other_load});
  }
  return table;
}

Table curves_table(const StudyReport& report, const DataReport& data) {
  Table table{"curves",
              data.data,
              "Training loss on " + data.data,
              "As each framework reports it: the mean over seeds, the lowest and the highest seed. "
              "Steps are the ends of equal spans.",
              {{"stack", "Stack"},
               {"step", "Step", Quantity::Count},
               {"loss", "Loss", Quantity::Number},
               {"lowest_loss", "Lowest", Quantity::Number},
               {"highest_loss", "Highest", Quantity::Number}},
              {}};
  for (std::size_t stack = 0; stack < data.curves.size(); ++stack) {
    for (const StackCurvePoint& point : data.curves[stack].points) {
      table.rows.push_back({report.stacks[stack],
                            static_cast<double>(point.step),
                            point.mean,
                            point.low,
                            point.high});
    }
  }
  return table;
}

}  // namespace plumbline
