#include "report/tables/table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plumbline {
namespace {

Cell with_sd(double value, double sd) {
  Cell cell(value);
  cell.sd = sd;
  return cell;
}

TEST(CellText, IsForPeople) {
  const struct {
    Quantity quantity;
    CellForm form;
    Cell cell;
    const char* expected;
  } cases[] = {
      {Quantity::Text, CellForm::Single, Cell("native"), "native"},
      {Quantity::Text, CellForm::Single, Cell(""), "-"},
      {Quantity::Share, CellForm::MeanSd, with_sd(0.84309, 0.002), "84.31 ± 0.20"},
      {Quantity::Share, CellForm::MeanSd, Cell(0.84309), "84.31"},
      {Quantity::Share, CellForm::Interval, Cell(Interval{0.5, 0.75, 0.95}), "50.00 to 75.00"},
      {Quantity::SharePoints, CellForm::Single, Cell(-0.0031), "-0.31"},
      {Quantity::SharePoints,
       CellForm::Interval,
       Cell(Interval{-INFINITY, 0.01, 0.95}),
       "-∞ to +1.00"},
      {Quantity::Seconds, CellForm::MeanSd, with_sd(5.123, 0.27), "5.12 ± 0.27 s"},
      {Quantity::Seconds, CellForm::MeanSd, with_sd(0.0512, 0.003), "51 ± 3 ms"},
      {Quantity::Seconds, CellForm::MeanSd, with_sd(194, 1.2), "3m14s ± 1s"},
      {Quantity::Ratio, CellForm::Single, Cell(2.499), "2.50"},
      {Quantity::Ratio, CellForm::Single, Cell(25.44), "25.4"},
      {Quantity::Bytes, CellForm::Single, Cell(2.5e8), "250.0 MB"},
      {Quantity::Count, CellForm::Single, Cell(std::optional<double>()), "-"},
  };
  for (const auto& [quantity, form, cell, expected] : cases) {
    EXPECT_EQ(cell_text({"x", "X", quantity, form}, cell), expected);
  }
}

TEST(CellFields, GiveTheSameNumberBack) {
  const Column column{"accuracy", "Accuracy", Quantity::Share, CellForm::MeanSd};
  const std::vector<Field> fields = cell_fields(column, with_sd(0.1, 1.0 / 3));
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0].name, "accuracy");
  EXPECT_EQ(fields[1].name, "accuracy_sd");
  EXPECT_EQ(std::stod(fields[1].text), 1.0 / 3);
  const std::vector<Field> absent =
      cell_fields({"x", "X", Quantity::Share, CellForm::Interval}, Cell());
  EXPECT_EQ(absent[0].name, "x_low");
  EXPECT_EQ(absent[1].text, "");
}

}  // namespace
}  // namespace plumbline
