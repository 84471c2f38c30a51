#include "report/tables/table.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"

namespace plumbline {

namespace {

constexpr double kMinute = 60;

std::string ratio_text(double ratio) {
  return ratio < 9.995 ? fmt::format("{:.2f}", ratio) : fmt::format("{:.1f}", ratio);
}

std::string number_text(Quantity quantity, double value) {
  if (std::isinf(value)) {
    return value > 0 ? "∞" : "-∞";
  }
  switch (quantity) {
    case Quantity::Count:
      return fmt::format("{:.0f}", value);
    case Quantity::Share:
      return fmt::format("{:.2f}", 100 * value);
    case Quantity::SharePoints:
      return fmt::format("{:+.2f}", 100 * value);
    case Quantity::Seconds:
      return format_seconds(value);
    case Quantity::Bytes:
      return format_bytes(value);
    case Quantity::Ratio:
      return ratio_text(value);
    default:
      return fmt::format("{:.4g}", value);
  }
}

// Mean and sd in one unit, as the paper has them: "5.12 ± 0.27 s", "3m14s ± 1s".
std::string spread_of_seconds(double mean, double sd) {
  if (mean < 1) {
    return fmt::format("{:.0f} ± {:.0f} ms", 1000 * mean, 1000 * sd);
  }
  return mean < kMinute ? fmt::format("{:.2f} ± {:.2f} s", mean, sd)
                        : fmt::format("{} ± {:.0f}s", format_seconds(mean), sd);
}

std::string spread_text(Quantity quantity, const Cell& cell) {
  if (!cell.sd) {
    return number_text(quantity, *cell.value);
  }
  return quantity == Quantity::Seconds
             ? spread_of_seconds(*cell.value, *cell.sd)
             : fmt::format(
                   "{} ± {}", number_text(quantity, *cell.value), number_text(quantity, *cell.sd));
}

std::string shortest(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "";
}

}  // namespace

bool is_text(const Column& column) {
  return column.quantity == Quantity::Text || column.quantity == Quantity::Verdict;
}

std::string cell_text(const Column& column, const Cell& cell) {
  if (column.form == CellForm::Interval) {
    return cell.interval ? fmt::format("{} to {}",
                                       number_text(column.quantity, cell.interval->low),
                                       number_text(column.quantity, cell.interval->high))
                         : "-";
  }
  if (cell.value) {
    return column.form == CellForm::MeanSd ? spread_text(column.quantity, cell)
                                           : number_text(column.quantity, *cell.value);
  }
  return cell.text.empty() ? "-" : cell.text;
}

std::vector<Field> cell_fields(const Column& column, const Cell& cell) {
  if (is_text(column)) {
    return {{column.name, cell.text, false}};
  }
  if (column.form == CellForm::Interval) {
    const auto bound = [&](double Interval::* member) {
      return cell.interval ? shortest((*cell.interval).*member) : "";
    };
    return {{column.name + "_low", bound(&Interval::low), true},
            {column.name + "_high", bound(&Interval::high), true}};
  }
  if (column.form == CellForm::MeanSd) {
    return {{column.name, shortest(cell.value), true},
            {column.name + "_sd", shortest(cell.sd), true}};
  }
  return {{column.name, shortest(cell.value), true}};
}

}  // namespace plumbline
