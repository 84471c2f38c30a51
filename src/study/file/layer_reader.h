#pragma once

#include <string>
#include <vector>

#include "study/file/toml_reader.h"
#include "study/network.h"

namespace plumbline {

// One kind of layer in a study file: { <word> = ..., <keys> ... }.
struct LayerForm {
  const char* word;
  std::vector<std::string> keys;  // beside the word itself, 'name' and 'from'
  Operation (*read)(const TomlTable& layer, const TomlValue& value);
  bool names_inputs = false;  // the word's value lists the inputs, and there is no 'from'
};

// The form of this layer; fails when it has none or more than one.
[[nodiscard]] const LayerForm& form_of(const TomlTable& layer);

}  // namespace plumbline
