#include <fmt/format.h>

#include "base/text.h"
#include "report/run_report.h"
#include "report/text_table.h"

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

void print_results(const DataSummary& data, std::ostream& out) {
  TextTable table({"stack", "test accuracy %", "time", "CPU time", "peak memory", "trials"},
                  "lrrrrl");
  for (const StackSummary& stack : data.stacks) {
    const bool any = stack.accuracy.count > 0;
    table.add_row({stack.stack,
                   accuracy_cell(stack.accuracy),
                   time_cell(stack.time_seconds) + (stack.loaded_trials > 0 ? " *" : ""),
                   any ? format_seconds(stack.cpu_seconds) : "-",
                   any ? format_bytes(stack.peak_resident_bytes) : "-",
                   outcomes_cell(stack)});
  }
  table.print(out);
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
    out << "\ntime = load + build + compile (first step) + train + predict; import apart\n\n";
    print_phases(data, out);
    out << '\n';
    print_notes(data, out);
  }
  out << fmt::format(
      "{} of {} trials done. Results: {}\n", report.done, report.planned, report.results);
}

}  // namespace plumbline
