# plumbline_library(<folder> SOURCES a.cc b.cc DEPENDS base tensor LIBRARIES fmt::fmt)
# One static library a folder of src/; includes are written from src/.
function(plumbline_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(plumbline_${name} STATIC ${ARG_SOURCES})
  target_include_directories(plumbline_${name} PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src>
                                                      $<INSTALL_INTERFACE:include/plumbline>)
  list(TRANSFORM ARG_DEPENDS PREPEND plumbline_)
  target_link_libraries(plumbline_${name} PUBLIC ${ARG_DEPENDS} ${ARG_LIBRARIES})
  plumbline_compile_options(plumbline_${name})
  plumbline_install(${name})
endfunction()

# plumbline_program(<name> SOURCES main.cc DEPENDS cli)
function(plumbline_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM ARG_DEPENDS PREPEND plumbline_)
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} ${ARG_LIBRARIES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  plumbline_compile_options(${name})
endfunction()

# plumbline_test(<name> SOURCES a_test.cc DEPENDS base)  -> one GoogleTest program, every TEST a ctest of its own
function(plumbline_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE PLUMBLINE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                             PLUMBLINE_BINARY_DIR="${CMAKE_BINARY_DIR}")
  list(TRANSFORM ARG_DEPENDS PREPEND plumbline_)
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} ${ARG_LIBRARIES} GTest::gtest GTest::gtest_main GTest::gmock)
  plumbline_compile_options(${name})
  gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300
                       ENVIRONMENT OMP_WAIT_POLICY=passive)
endfunction()

# plumbline_fuzzer(<name> SOURCES x_fuzz.cc DEPENDS study)  -> libFuzzer program, only with PLUMBLINE_FUZZERS and clang
function(plumbline_fuzzer name)
  if(NOT PLUMBLINE_FUZZERS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM ARG_DEPENDS PREPEND plumbline_)
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  plumbline_compile_options(${name})
endfunction()

function(plumbline_compile_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
  # GCC 12 warns of overlapping copies inside std::string where there are none (GCC bug 105651).
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
  if(PLUMBLINE_SANITIZE)
    # GCC's flow analysis sees ghosts in instrumented code (GCC bug 105562); other builds hold the line on warnings.
    target_compile_options(${target} PRIVATE -Wno-error)
    target_compile_options(${target} PUBLIC -fsanitize=${PLUMBLINE_SANITIZE} -fno-sanitize-recover=all
                           -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${PLUMBLINE_SANITIZE})
  endif()
endfunction()
