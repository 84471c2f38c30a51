#include <fmt/format.h>

#include "report/tables/study_tables.h"

namespace plumbline {

namespace {

std::string class_name(const PredictionReport& classes, std::uint16_t label) {
  return label < classes.class_names.size() ? classes.class_names[label] : std::to_string(label);
}

std::vector<Column> class_columns(const PredictionReport& classes) {
  std::vector<Column> columns;
  for (std::size_t label = 0; label < classes.predictions.classes; ++label) {
    const std::string name = class_name(classes, static_cast<std::uint16_t>(label));
    columns.push_back({"class." + name, name, Quantity::Share});
  }
  return columns;
}

Table difference_table(const StudyReport& report,
                       const std::vector<Difference>& differences,
                       Table table) {
  for (const std::string& stack : report.stacks) {
    table.columns.push_back({"stack." + stack, stack});
  }
  for (const Difference& difference : differences) {
    std::vector<Cell> row = {difference.name, difference.differs ? "differs" : ""};
    for (const std::optional<std::string>& value : difference.values) {
      row.emplace_back(value.value_or(""));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

Table class_table(const StudyReport& report, const DataReport& data) {
  Table table{
      "classes", data.data, "Accuracy by class on " + data.data, "", {{"stack", "Stack"}}, {}};
  if (!data.classes || data.classes->predictions.confusion.empty()) {
    return table;
  }
  const PredictionReport& classes = *data.classes;
  table.note =
      "Per cent of the images of each class, over all trained trials; the darker, the more errors.";
  if (classes.unknown_labels > 0) {
    table.note += fmt::format(
        " The classes of {} images, which no trial classed rightly, are not known without the data "
        "set; they are left out.",
        classes.unknown_labels);
  }
  const std::vector<Column> columns = class_columns(classes);
  table.columns.insert(table.columns.end(), columns.begin(), columns.end());
  for (std::size_t stack = 0; stack < report.stacks.size(); ++stack) {
    if (classes.predictions.trials[stack] == 0) {
      continue;
    }
    std::vector<Cell> row = {report.stacks[stack]};
    for (std::size_t label = 0; label < classes.predictions.classes; ++label) {
      row.emplace_back(class_accuracy(classes.predictions, stack, label));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table confusion_table(const StudyReport& report, const DataReport& data, std::size_t stack) {
  const PredictionReport& classes = *data.classes;
  const Predictions& predictions = classes.predictions;
  Table table{"confusion",
              data.data,
              fmt::format("What {} answers on {}", report.stacks[stack], data.data),
              "Rows: the image's class. Columns: the answer. Per cent of the row.",
              {{"class", "Class"}},
              {}};
  const std::vector<Column> columns = class_columns(classes);
  table.columns.insert(table.columns.end(), columns.begin(), columns.end());
  for (std::size_t label = 0; label < predictions.classes; ++label) {
    std::uint64_t answers = 0;
    for (std::size_t as = 0; as < predictions.classes; ++as) {
      answers += predictions.confused(stack, label, as);
    }
    std::vector<Cell> row = {class_name(classes, static_cast<std::uint16_t>(label))};
    for (std::size_t as = 0; as < predictions.classes; ++as) {
      row.push_back(answers == 0
                        ? Cell()
                        : Cell(static_cast<double>(predictions.confused(stack, label, as)) /
                               static_cast<double>(answers)));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table disputed_table(const StudyReport& report, const DataReport& data) {
  Table table{"disputed",
              data.data,
              "Images of " + data.data + " on which stacks differ most",
              "Each stack's most frequent answer, and the share of its seeds that were right.",
              {{"image", "Image", Quantity::Count}, {"class", "Class"}},
              {}};
  for (const std::string& stack : report.stacks) {
    table.columns.push_back({"answer." + stack, stack});
    table.columns.push_back({"right." + stack, stack + ", right %", Quantity::Share});
  }
  if (!data.classes) {
    return table;
  }
  for (const DisputedImage& disputed : data.classes->disputed) {
    std::vector<Cell> row = {
        static_cast<double>(disputed.image),
        disputed.label ? class_name(*data.classes, *disputed.label) : "unknown"};
    for (std::size_t stack = 0; stack < report.stacks.size(); ++stack) {
      const std::optional<std::uint16_t>& favourite = disputed.favourite[stack];
      row.emplace_back(favourite ? class_name(*data.classes, *favourite) : "");
      row.emplace_back(disputed.share_right[stack]);
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table settings_table(const StudyReport& report) {
  return difference_table(report,
                          report.settings,
                          {"settings",
                           "",
                           "Settings that each stack really used",
                           "As the stacks state them, defaults included. “differs” marks what they "
                           "state in other words or numbers; “-” is what a stack does not state.",
                           {{"setting", "Setting"}, {"differs", "Differs"}},
                           {}});
}

Table versions_table(const StudyReport& report) {
  return difference_table(
      report,
      report.versions,
      {"versions", "", "Versions", "", {{"package", "Package"}, {"differs", "Differs"}}, {}});
}

Table machines_table(const StudyReport& report) {
  Table table{"machines",
              "",
              "Machine",
              "",
              {{"run", "Run", Quantity::Count}, {"fact", "Fact"}, {"value", "Value"}},
              {}};
  double run = 0;
  for (const MachineReport& machine : report.machines) {
    ++run;
    table.rows.push_back({run, "Trials", std::to_string(machine.trials)});
    for (const auto& [fact, value] : machine.facts) {
      table.rows.push_back({run, fact, value});
    }
  }
  return table;
}

Table failures_table(const StudyReport& report) {
  Table table{"failures",
              "",
              "What did not train",
              "",
              {{"data", "Data set"},
               {"stack", "Stack"},
               {"seeds", "Seeds"},
               {"outcome", "Outcome"},
               {"reason", "Reason"}},
              {}};
  for (const FailureReport& failure : report.failures) {
    table.rows.push_back(
        {failure.data, failure.stack, seeds_text(failure.seeds), failure.outcome, failure.reason});
  }
  return table;
}

std::vector<Table> all_tables(const StudyReport& report) {
  std::vector<Table> tables;
  for (const auto& make : {accuracy_table,
                           time_table,
                           phases_table,
                           resources_table,
                           trials_table,
                           curves_table,
                           class_table,
                           disputed_table}) {
    for (const DataReport& data : report.data) {
      tables.push_back(make(report, data));
    }
  }
  for (const auto& make : {failures_table, versions_table, settings_table, machines_table}) {
    tables.push_back(make(report));
  }
  return tables;
}

}  // namespace plumbline
