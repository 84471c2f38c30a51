#include "report/html/assets.h"

// The build names the two bundled files. The assembler copies them into the program; C++ has no
// #embed before C++26.
asm(".section .rodata\n"
    "plumbline_report_style_begin: .incbin \"" PLUMBLINE_REPORT_STYLE
    "\"\n"
    "plumbline_report_style_end:\n"
    "plumbline_report_script_begin: .incbin \"" PLUMBLINE_REPORT_SCRIPT
    "\"\n"
    "plumbline_report_script_end:\n"
    ".previous\n");

extern "C" {
extern const char plumbline_report_style_begin[];
extern const char plumbline_report_style_end[];
extern const char plumbline_report_script_begin[];
extern const char plumbline_report_script_end[];
}

namespace plumbline {

std::string_view report_style() {
  return {plumbline_report_style_begin, plumbline_report_style_end};
}

std::string_view report_script() {
  return {plumbline_report_script_begin, plumbline_report_script_end};
}

}  // namespace plumbline
