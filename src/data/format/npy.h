#pragma once

#include "data/format/byte_reader.h"
#include "data/format/numeric_array.h"

namespace plumbline {

// NumPy's .npy format, versions 1.0 to 3.0 (numpy.lib.format): booleans (as uint8), integers of 1
// to 8 bytes, floats of 2 (as float32), 4 and 8 bytes, either byte order, C or Fortran order.
// Pickled objects and structured types are refused. Throws EnvironmentError for anything else, for
// an empty array and for a file whose length does not fit its header.
[[nodiscard]] NumericArray read_npy(ByteReader& reader);

}  // namespace plumbline
