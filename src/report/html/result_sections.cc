#include <fmt/format.h>

#include "base/text.h"
#include "report/html/chart.h"
#include "report/html/html_table.h"
#include "report/html/sections.h"
#include "report/tables/study_tables.h"

namespace plumbline {

namespace {

void add_fact(Markup& html, const char* name, const std::string& value) {
  html.open("div").element("dt", name).element("dd", value).close();
}

std::string data_names(const StudyReport& report) {
  std::vector<std::string> names;
  for (const DataReport& data : report.data) {
    names.push_back(data.data);
  }
  return join_words(names);
}

// One section with the same chart for each data set.
template <typename MakeChart>
void add_chart_section(Markup& html,
                       const StudyReport& report,
                       const char* id,
                       const MakeChart& make_chart) {
  open_section(html, id);
  for (const DataReport& data : report.data) {
    add_chart(html, make_chart(report, data));
  }
  html.close();
}

}  // namespace

void open_section(Markup& html, const char* id) {
  const std::string heading = std::string(id) + "-heading";
  html.open("section", {{"id", id}, {"aria-labelledby", heading}});
  for (const SectionTitle& section : kSections) {
    if (std::string_view(section.id) == id) {
      html.element("h2", {{"id", heading}}, section.title);
    }
  }
}

void add_opening(Markup& html, const StudyReport& report) {
  html.open("header", {{"class", "opening"}});
  html.element("p", {{"class", "eyebrow"}}, "Plumbline report · " + report.study);
  html.element("h1", report.question.empty() ? report.study : report.question);
  for (const std::string& sentence : report.answer) {
    html.element("p", {{"class", "answer"}}, sentence);
  }
  if (!report.remarks.empty()) {
    html.open("ul", {{"class", "remarks"}});
    for (const std::string& remark : report.remarks) {
      html.element("li", remark);
    }
    html.close();
  }
  html.open("dl", {{"class", "facts"}});
  add_fact(html, "Data", data_names(report));
  add_fact(html, "Stacks", std::to_string(report.stacks.size()));
  add_fact(html, "Seeds", std::to_string(report.seeds.size()));
  add_fact(html, "Mode", report.mode);
  add_fact(html, "Threads", std::to_string(report.threads));
  add_fact(html, "Trials", fmt::format("{} of {}", report.done, report.planned));
  html.close();
  html.close();
}

void add_tables_section(Markup& html, const StudyReport& report) {
  open_section(html, "results");
  for (const DataReport& data : report.data) {
    add_table(html, accuracy_table(report, data));
    add_table(html, time_table(report, data));
  }
  html.close();
}

void add_charts_sections(Markup& html, const StudyReport& report) {
  add_chart_section(html, report, "seeds", accuracy_chart);
  add_chart_section(html, report, "curves", curves_chart);
  add_chart_section(html, report, "phases", phases_chart);
  add_chart_section(html, report, "time-accuracy", time_accuracy_chart);
  add_chart_section(html, report, "memory", memory_chart);
}

}  // namespace plumbline
