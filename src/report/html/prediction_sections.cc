#include <fmt/format.h>

#include "base/base64.h"
#include "report/html/html_table.h"
#include "report/html/sections.h"
#include "report/tables/study_tables.h"

namespace plumbline {

namespace {

void add_note(Markup& html, const std::string& text) {
  html.element("p", {{"class", "note"}}, text);
}

void add_confusions(Markup& html, const StudyReport& report, const DataReport& data) {
  for (std::size_t stack = 0; stack < report.stacks.size(); ++stack) {
    if (data.classes->predictions.trials[stack] == 0) {
      continue;
    }
    const Table table = confusion_table(report, data, stack);
    html.open("details", {{"class", "confusion"}});
    html.element("summary", table.title);
    add_table(html, table, Shading::Share);
    html.close();
  }
}

void add_classes(Markup& html, const StudyReport& report, const DataReport& data) {
  if (!data.classes) {
    add_note(html, fmt::format("No trial on {} has left predictions.", data.data));
    return;
  }
  if (data.classes->predictions.confusion.empty()) {
    add_note(html,
             fmt::format("{} has {} classes, too many for tables of {} x {}.",
                         data.data,
                         data.classes->predictions.classes,
                         data.classes->predictions.classes,
                         data.classes->predictions.classes));
    return;
  }
  add_table(html, class_table(report, data), Shading::Error);
  add_confusions(html, report, data);
}

std::string class_of(const PredictionReport& classes, const std::optional<std::uint16_t>& label) {
  return label && *label < classes.class_names.size() ? classes.class_names[*label] : "unknown";
}

void add_picture(Markup& html, const DisputedImage& disputed, const std::string& label) {
  if (disputed.png.empty()) {
    return;
  }
  html.single("img",
              {{"src", "data:image/png;base64," + base64(disputed.png)},
               {"alt", fmt::format("Test image {}, of class {}", disputed.image, label)}});
}

void add_dispute(Markup& html,
                 const StudyReport& report,
                 const PredictionReport& classes,
                 const DisputedImage& disputed) {
  const std::string label = class_of(classes, disputed.label);
  html.open("li", {{"class", "dispute"}});
  html.open("div", {{"class", "subject"}});
  add_picture(html, disputed, label);
  html.open("p").element("b", label).text(fmt::format(" image {}", disputed.image)).close();
  html.close();
  html.open("ul");
  for (std::size_t stack = 0; stack < report.stacks.size(); ++stack) {
    if (!disputed.share_right[stack]) {
      continue;
    }
    const double share = *disputed.share_right[stack];
    html.open("li", {{"class", share >= 0.5 ? "right" : "wrong"}});
    html.element("span", report.stacks[stack] + " ");
    html.element(
        "span",
        fmt::format(
            "{}, {:.0f}% right", class_of(classes, disputed.favourite[stack]), 100 * share));
    html.close();
  }
  html.close().close();
}

// How much of the dispute is chance: seeds of one stack disagree too.
std::string rates_text(const PredictionReport& classes) {
  std::string text = fmt::format(
      "On {} of {} test images some stack was right with every seed and another with none.",
      classes.clean_splits,
      classes.predictions.images);
  if (classes.rates.within_stack && classes.rates.between_stacks) {
    text += fmt::format(
        " Two seeds of one stack differ in whether they are right on {:.2f}% of the images, two "
        "trials of different stacks on {:.2f}%.",
        100 * *classes.rates.within_stack,
        100 * *classes.rates.between_stacks);
  }
  return text;
}

void add_disputes(Markup& html, const StudyReport& report, const DataReport& data) {
  html.element("h3", data.data);
  if (!data.classes) {
    add_note(html, "No trial has left predictions.");
    return;
  }
  html.element("p", rates_text(*data.classes));
  if (!data.classes->images_absent.empty()) {
    add_note(html, data.classes->images_absent);
  }
  if (data.classes->disputed.empty()) {
    add_note(html, "The stacks agree about every image.");
    return;
  }
  html.open("ul", {{"class", "disputes"}});
  for (const DisputedImage& disputed : data.classes->disputed) {
    add_dispute(html, report, *data.classes, disputed);
  }
  html.close();
}

}  // namespace

void add_classes_section(Markup& html, const StudyReport& report) {
  open_section(html, "classes");
  for (const DataReport& data : report.data) {
    add_classes(html, report, data);
  }
  html.close();
}

void add_disputed_section(Markup& html, const StudyReport& report) {
  open_section(html, "disputed");
  for (const DataReport& data : report.data) {
    add_disputes(html, report, data);
  }
  html.close();
}

}  // namespace plumbline
