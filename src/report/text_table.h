#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace plumbline {

// Rows of text in aligned columns, two spaces between, a rule under the heading. Widths count code
// points.
class TextTable {
 public:
  // `alignment` has one letter a column, 'l' or 'r'; columns beyond it are like its last. Numbers
  // go to the right.
  explicit TextTable(std::vector<std::string> heading, std::string alignment = "lr")
      : rows_{std::move(heading)}, alignment_(std::move(alignment)) {}
  void add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print(std::ostream& out) const;

 private:
  [[nodiscard]] std::string aligned(const std::vector<std::string>& row,
                                    const std::vector<std::size_t>& widths) const;

  std::vector<std::vector<std::string>> rows_;  // the first is the heading
  std::string alignment_;
};

}  // namespace plumbline
