#pragma once

#include <string>
#include <string_view>

#include "data/format/numeric_array.h"

namespace plumbline {

struct NpyHeader {
  char byte_order = '<';  // '<', '>' or '|'
  char kind = 'f';        // 'b', 'i', 'u', 'f'
  int width = 4;          // bytes of an element
  bool fortran_order = false;
  Shape shape;
};

// The Python dictionary literal of a .npy file: {'descr': '<f4', 'fortran_order': False, 'shape':
// (3, 4), }. Throws EnvironmentError that begins with `name`.
[[nodiscard]] NpyHeader parse_npy_header(std::string_view text, const std::string& name);

}  // namespace plumbline
