#pragma once

#include "study/file/diagnostics.h"

namespace plumbline {

// Stops, with a message at its place, what toml++ 3.3 does not withstand:
// - It limits how deep values nest but not dotted keys, and ends a deep tree by recursion: a file
// of
//   "a.a.a..." would exhaust the stack.
// - Whether a character outside ASCII is white space it asks with undefined behaviour for most of
//   them (is_non_ascii_horizontal_whitespace), wherever white space may stand or a value may end.
// What passes has such characters only in strings and comments. That needs to know where strings
// begin even in what is not TOML, so anything that stands where TOML has no place for it is stopped
// too.
void guard_toml(const SourceText& source);

}  // namespace plumbline
