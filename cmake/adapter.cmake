# For projects outside of this one: the library plumbline_adapter, all that an adapter written in C++ needs (src/adapter and what
# it stands on). docs/adding_a_stack.md shows its use. Needs the Debian packages libfmt-dev and nlohmann-json3-dev.
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)

set(source ${CMAKE_CURRENT_LIST_DIR}/../src)
add_library(plumbline_adapter STATIC
  ${source}/adapter/conversation.cc ${source}/adapter/images.cc ${source}/adapter/observation.cc
  ${source}/adapter/pipe.cc ${source}/adapter/requests.cc ${source}/adapter/training_report.cc
  ${source}/base/clock.cc ${source}/base/files.cc ${source}/base/text.cc
  ${source}/study/network.cc ${source}/study/recipe.cc ${source}/study/recipe_rules.cc ${source}/study/shapes.cc
  ${source}/study/wire_object.cc ${source}/study/wire_reader.cc
  ${source}/tensor/safetensors.cc ${source}/tensor/safetensors_header.cc ${source}/tensor/tensor.cc
  ${source}/worker/message.cc)
target_include_directories(plumbline_adapter PUBLIC ${source})
target_link_libraries(plumbline_adapter PUBLIC fmt::fmt nlohmann_json::nlohmann_json)
