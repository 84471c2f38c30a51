#pragma once

#include "data/format/byte_reader.h"
#include "data/format/numeric_array.h"

namespace plumbline {

// The IDX format of the MNIST files: two zero bytes, a type byte, the number of dimensions,
// big-endian u32 extents, then the elements, big-endian and row-major. Throws EnvironmentError for
// anything else, for an empty array and for a file whose length does not fit its header.
[[nodiscard]] NumericArray read_idx(ByteReader& reader);

}  // namespace plumbline
