#pragma once

#include "report/html/markup.h"
#include "report/model/study_report.h"

namespace plumbline {

// The parts of the page in its order. Each adds one <section> with an <h2>, or for the opening the
// <header> with the <h1>.
void add_opening(Markup& html, const StudyReport& report);
void add_tables_section(Markup& html, const StudyReport& report);
void add_charts_sections(Markup& html, const StudyReport& report);
void add_classes_section(Markup& html, const StudyReport& report);
void add_disputed_section(Markup& html, const StudyReport& report);
void add_machine_section(Markup& html, const StudyReport& report);
void add_settings_section(Markup& html, const StudyReport& report);
void add_failures_section(Markup& html, const StudyReport& report);
void add_rerun_section(Markup& html, const StudyReport& report);

// Their ids and titles, and what the table of contents calls them.
struct SectionTitle {
  const char* id;
  const char* title;
  const char* short_title;
};
inline constexpr SectionTitle kSections[] = {
    {"results", "Accuracy and time", "Results"},
    {"seeds", "Every seed", "Seeds"},
    {"curves", "Learning curves", "Curves"},
    {"phases", "Where the time goes", "Phases"},
    {"time-accuracy", "Time against accuracy", "Trade-off"},
    {"memory", "Memory", "Memory"},
    {"classes", "By class", "Classes"},
    {"disputed", "Images in dispute", "Disputes"},
    {"machine", "Machine and versions", "Machine"},
    {"settings", "Settings in use", "Settings"},
    {"failures", "What failed", "Failures"},
    {"again", "Run it again", "Run again"},
};
// Opens the <section> of that id and its heading.
void open_section(Markup& html, const char* id);

}  // namespace plumbline
