# What the report's page carries, bundled from src/report/html and the Debian package node-vega.
find_program(PLUMBLINE_ESBUILD esbuild REQUIRED)
find_path(PLUMBLINE_NODE_MODULES vega-view/package.json PATHS /usr/share/nodejs /usr/lib/nodejs REQUIRED)

# plumbline_bundle(<out> <entry> DEPENDS ...): one minified file of everything that the entry imports.
function(plumbline_bundle out entry)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${PLUMBLINE_NODE_MODULES}
            ${PLUMBLINE_ESBUILD} ${entry} --bundle --minify --format=iife --target=es2020 --charset=utf8 --legal-comments=none --log-level=warning --outfile=${out}
    DEPENDS ${entry} ${ARG_DEPENDS}
    VERBATIM)
endfunction()
