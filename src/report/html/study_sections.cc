#include <fmt/format.h>

#include "report/html/html_table.h"
#include "report/html/sections.h"
#include "report/tables/study_tables.h"

namespace plumbline {

namespace {

// Rows that differ stand open; the rest is folded away.
void add_differences(Markup& html, const Table& all, const char* noun) {
  Table differing = all;
  Table same = all;
  std::erase_if(differing.rows, [](const auto& row) { return row[1].text.empty(); });
  std::erase_if(same.rows, [](const auto& row) { return !row[1].text.empty(); });
  if (differing.rows.empty()) {
    html.element("p", fmt::format("No {} differs between stacks that state it.", noun));
  } else {
    differing.title += ": what differs";
    add_table(html, differing);
  }
  if (!same.rows.empty()) {
    html.open("details");
    html.element("summary",
                 fmt::format("{} {}{} the same in every stack that states {}",
                             same.rows.size(),
                             noun,
                             same.rows.size() == 1 ? " is" : "s are",
                             same.rows.size() == 1 ? "it" : "them"));
    add_table(html, same);
    html.close();
  }
}

void add_machine(Markup& html, const MachineReport& machine, std::size_t number) {
  html.element(
      "h3",
      fmt::format("Run {}: {} trial{}", number, machine.trials, machine.trials == 1 ? "" : "s"));
  html.open("dl", {{"class", "facts machine"}});
  for (const auto& [name, value] : machine.facts) {
    html.open("div").element("dt", name).element("dd", value).close();
  }
  html.close();
}

void add_log(Markup& html, const char* name, const std::string& text) {
  if (text.empty()) {
    return;
  }
  html.element("h4", name);
  html.element("pre", {{"tabindex", "0"}}, text);
}

void add_failure(Markup& html, const FailureReport& failure) {
  html.open("div", {{"class", "failure"}});
  html.element("h3",
               fmt::format("{} on {}: {}, seed{} {}",
                           failure.stack,
                           failure.data,
                           failure.outcome,
                           failure.seeds.size() == 1 ? "" : "s",
                           seeds_text(failure.seeds)));
  html.element("p", failure.reason.empty() ? "No reason was given." : failure.reason);
  const TrialLog& log = failure.log;
  if (!log.detail.empty() || !log.standard_output.empty() || !log.standard_error.empty()) {
    html.open("details");
    html.element("summary", fmt::format("What the worker wrote, seed {}", failure.seeds.front()));
    add_log(html, "Detail", log.detail);
    add_log(html, "Standard error, its end", log.standard_error);
    add_log(html, "Standard output, its end", log.standard_output);
    html.close();
  }
  html.close();
}

}  // namespace

void add_machine_section(Markup& html, const StudyReport& report) {
  open_section(html, "machine");
  for (std::size_t at = 0; at < report.machines.size(); ++at) {
    add_machine(html, report.machines[at], at + 1);
  }
  if (report.machines.empty()) {
    html.element("p", "No trial has run.");
  }
  if (!report.versions.empty()) {
    add_table(html, versions_table(report));
  }
  html.close();
}

void add_settings_section(Markup& html, const StudyReport& report) {
  open_section(html, "settings");
  add_differences(html, settings_table(report), "setting");
  html.close();
}

void add_failures_section(Markup& html, const StudyReport& report) {
  open_section(html, "failures");
  if (report.failures.empty()) {
    html.element("p", report.done == 0 ? "No trial has run." : "Nothing: every trial trained.");
  }
  for (std::size_t at = 0; at < report.failures.size() && at < kMostFailures; ++at) {
    add_failure(html, report.failures[at]);
  }
  if (report.failures.size() > kMostFailures) {
    html.element("p",
                 fmt::format("And {} more; the results file has them all.",
                             report.failures.size() - kMostFailures));
  }
  html.close();
}

void add_rerun_section(Markup& html, const StudyReport& report) {
  open_section(html, "again");
  html.element(
      "p",
      fmt::format("Save the study below as {}.toml, and with Plumbline built as its README "
                  "says:",
                  report.study));
  std::string commands;
  for (const std::string& command : report.commands) {
    commands += command + '\n';
  }
  html.element("pre", {{"tabindex", "0"}}, commands);
  html.open("details").element("summary", "The study file, " + report.study + ".toml");
  html.element("pre", {{"tabindex", "0"}}, report.study_text);
  html.close().close();
}

}  // namespace plumbline
