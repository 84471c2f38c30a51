#pragma once

#include <string>

namespace plumbline {

[[nodiscard]] std::string plumbline_version();  // "0.1.0"
[[nodiscard]] std::string onednn_version();     // of the library that runs
[[nodiscard]] std::string processor_name();     // as the system tells it; "unknown" if it does not

}  // namespace plumbline
