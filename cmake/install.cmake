# What `cmake --install` leaves for other projects: the engine as a library, found by find_package(plumbline) as
# plumbline::engine_fast and plumbline::engine_reference with what they stand on. docs/engine_library.md shows its use.
include(CMakePackageConfigHelpers)

set(PLUMBLINE_INSTALLED_LIBRARIES base tensor study data draw engine engine_reference engine_fast)

# plumbline_install(<name>): installs plumbline_<name> where it is one of those.
function(plumbline_install name)
  if(NOT name IN_LIST PLUMBLINE_INSTALLED_LIBRARIES)
    return()
  endif()
  set_target_properties(plumbline_${name} PROPERTIES EXPORT_NAME ${name})
  install(TARGETS plumbline_${name} EXPORT plumbline ARCHIVE DESTINATION lib COMPONENT library)
endfunction()

if("engine" IN_LIST PLUMBLINE_FOLDERS)
  foreach(folder base tensor study data draw engine)
    install(DIRECTORY src/${folder} DESTINATION include/plumbline COMPONENT library FILES_MATCHING PATTERN "*.h")
  endforeach()
  write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/plumbline-config-version.cmake COMPATIBILITY SameMinorVersion)
  install(EXPORT plumbline NAMESPACE plumbline:: DESTINATION lib/cmake/plumbline COMPONENT library)
  install(FILES cmake/plumbline-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/plumbline-config-version.cmake
          DESTINATION lib/cmake/plumbline COMPONENT library)
endif()
