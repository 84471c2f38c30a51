#include "report/text_table.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace plumbline {

namespace {

constexpr std::size_t kGap = 2;

std::vector<std::size_t> column_widths(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t column = 0; column < row.size() && column < widths.size(); ++column) {
      widths[column] = std::max(widths[column], display_width(row[column]));
    }
  }
  return widths;
}

}  // namespace

std::string TextTable::aligned(const std::vector<std::string>& row,
                               const std::vector<std::size_t>& widths) const {
  std::string line;
  for (std::size_t column = 0; column < widths.size(); ++column) {
    const std::string cell = column < row.size() ? row[column] : "";
    const std::string space(widths[column] - display_width(cell), ' ');
    const bool left = alignment_[std::min(column, alignment_.size() - 1)] == 'l';
    line += std::string(column == 0 ? 0 : kGap, ' ') + (left ? cell + space : space + cell);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

void TextTable::print(std::ostream& out) const {
  const std::vector<std::size_t> widths = column_widths(rows_);
  const std::size_t total =
      std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
  out << aligned(rows_.front(), widths) << '\n' << std::string(total, '-') << '\n';
  for (std::size_t row = 1; row < rows_.size(); ++row) {
    out << aligned(rows_[row], widths) << '\n';
  }
}

}  // namespace plumbline
