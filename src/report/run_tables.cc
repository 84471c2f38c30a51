#include <fmt/format.h>

#include "base/text.h"
#include "report/run_report.h"
#include "report/text_table.h"
#include "report/verdict_words.h"

namespace plumbline {

namespace {

std::string counted(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// "84.31 ± 0.20": the paper's form, mean and one sd.
std::string accuracy_cell(const Summary& accuracy) {
  if (accuracy.count == 0) {
    return "-";
  }
  return accuracy.sd ? fmt::format("{:.2f} ± {:.2f}", 100 * accuracy.mean, 100 * *accuracy.sd)
                     : fmt::format("{:.2f}", 100 * accuracy.mean);
}

std::string time_cell(const Summary& time) {
  if (time.count == 0) {
    return "-";
  }
  return time.sd ? fmt::format("{} ± {}", format_seconds(time.mean), format_seconds(*time.sd))
                 : format_seconds(time.mean);
}

std::string outcomes_cell(const StackSummary& stack) {
  std::string cell;
  for (const auto& [outcome, count] : stack.outcomes) {
    cell += fmt::format("{}{} {}", cell.empty() ? "" : ", ", count, outcome);
  }
  return cell.empty() ? "not run" : cell;
}

std::string phase_cell(const StackSummary& stack, const std::string& phase) {
  const auto found = stack.phase_seconds.find(phase);
  return found == stack.phase_seconds.end() ? "-" : fmt::format("{:.2f}", found->second);
}

// How a stack compares with the one that leads in accuracy, or in time.
using VerdictOf = std::string (*)(const PairComparison& pair);

std::string accuracy_verdict(const PairComparison& pair) {
  return verdict_words(pair.accuracy.verdict, pair.accuracy.exploratory);
}

std::string time_verdict(const PairComparison& pair) {
  return verdict_words(pair.time.verdict, pair.time.exploratory);
}

std::string verdict_cell(const Comparison& comparison,
                         std::size_t stack,
                         const std::vector<std::size_t>& ranking,
                         VerdictOf verdict) {
  const auto leader = yardstick(comparison, ranking);
  if (leader == stack) {
    return comparison.settings.reference ? "reference" : "leads";
  }
  const auto pair = leader ? pair_of(comparison, stack, *leader) : std::nullopt;
  return pair ? verdict(*pair) : "-";
}

void print_results(const DataSummary& data, std::ostream& out) {
  const bool compared = data.comparison && data.stacks.size() > 1;
  std::vector<std::string> heading = {"stack", "test accuracy %", "time", "CPU time"};
  heading.insert(heading.end(), {"peak memory", "trials"});
  if (compared) {
    heading.insert(heading.begin() + 2, "in accuracy");
    heading.insert(heading.begin() + 4, "in time");
  }
  TextTable table(heading, compared ? "lrlrlrrl" : "lrrrrl");
  for (std::size_t stack = 0; stack < data.stacks.size(); ++stack) {
    const StackSummary& summary = data.stacks[stack];
    const bool any = summary.accuracy.count > 0;
    std::vector<std::string> row = {
        summary.stack,
        accuracy_cell(summary.accuracy),
        time_cell(summary.time_seconds) + (summary.loaded_trials > 0 ? " *" : ""),
        any ? format_seconds(summary.cpu_seconds) : "-",
        any ? format_bytes(summary.peak_resident_bytes) : "-",
        outcomes_cell(summary)};
    if (compared) {
      const Comparison& found = *data.comparison;
      row.insert(row.begin() + 2, verdict_cell(found, stack, found.ranking, accuracy_verdict));
      row.insert(row.begin() + 4, verdict_cell(found, stack, found.time_ranking, time_verdict));
    }
    table.add_row(row);
  }
  table.print(out);
}

void print_verdicts(const DataSummary& data, std::ostream& out) {
  if (!data.comparison || data.stacks.size() < 2) {
    return;
  }
  for (const std::string& sentence : verdict_sentences(*data.comparison, stack_names(data))) {
    out << sentence << '\n';
  }
  out << '\n';
}

void print_phases(const DataSummary& data, std::ostream& out) {
  std::vector<std::string> heading = {"seconds"};
  heading.insert(heading.end(), std::begin(kPhases), std::end(kPhases));
  heading.emplace_back("= wall");
  TextTable table(heading);
  for (const StackSummary& stack : data.stacks) {
    if (stack.accuracy.count == 0) {
      continue;
    }
    std::vector<std::string> row = {stack.stack};
    for (const char* const phase : kPhases) {
      row.push_back(phase_cell(stack, phase));
    }
    row.push_back(fmt::format("{:.2f}", stack.wall_seconds.mean));
    table.add_row(row);
  }
  table.print(out);
}

void print_notes(const DataSummary& data, std::ostream& out) {
  std::size_t loaded = 0;
  std::size_t not_isolated = 0;
  for (const StackSummary& stack : data.stacks) {
    for (const std::string& reason : stack.reasons) {
      out << fmt::format("{}, {}\n", stack.stack, reason);
    }
    loaded += stack.loaded_trials;
    not_isolated += stack.not_isolated_trials;
  }
  if (loaded > 0) {
    out << fmt::format(
        "* {} ran while other programs kept the machine busy; times are not to be trusted.\n",
        counted(loaded, "trial"));
  }
  if (not_isolated > 0) {
    out << fmt::format(
        "The workers of {} could have reached a network: this system allows no isolation.\n",
        counted(not_isolated, "trial"));
  }
}

std::size_t seeds_of(const DataSummary& data) {
  std::size_t seeds = 0;
  for (const StackSummary& stack : data.stacks) {
    seeds = std::max(seeds, stack.accuracy_by_seed.size());
  }
  return seeds;
}

}  // namespace

void print_tables(const RunReport& report, std::ostream& out) {
  if (!report.question.empty()) {
    out << report.question << "\n\n";
  }
  for (const DataSummary& data : report.data) {
    out << fmt::format("{}: {}, {}, {}; mean ± 1 sd over seeds\n\n",
                       data.data,
                       counted(seeds_of(data), "seed"),
                       report.mode,
                       counted(static_cast<std::size_t>(report.threads), "thread"));
    print_results(data, out);
    out << '\n';
    print_verdicts(data, out);
    out << "time = load + build + compile (first step) + train + predict; import apart\n\n";
    print_phases(data, out);
    out << '\n';
    print_notes(data, out);
  }
  out << fmt::format(
      "{} of {} trials done. Results: {}\n", report.done, report.planned, report.results);
}

}  // namespace plumbline
