#pragma once

#include <nlohmann/json.hpp>
#include <ostream>

namespace plumbline {

// A JSON document for standard output, indented, with a line feed at its end. Paths may hold what
// is not UTF-8; it becomes U+FFFD.
inline void print_document(const nlohmann::ordered_json& document, std::ostream& out) {
  out << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

}  // namespace plumbline
