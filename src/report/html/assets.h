#pragma once

#include <string_view>

namespace plumbline {

// What every report carries, as it was when the program was built: report.css, and report.js
// bundled with the chart library and the charts' specifications.
[[nodiscard]] std::string_view report_style();
[[nodiscard]] std::string_view report_script();

}  // namespace plumbline
