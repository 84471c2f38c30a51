#pragma once

#include "study/file/toml_reader.h"
#include "study/network.h"

namespace plumbline {

// Reads the table [network] (docs/study_file.md) and works out its shapes. The last layer must give
// one number a class.
[[nodiscard]] Network read_network(const TomlTable& table);

}  // namespace plumbline
