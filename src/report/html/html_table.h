#pragma once

#include <string>

#include "report/html/markup.h"
#include "report/tables/table.h"

namespace plumbline {

enum class Shading {
  None,
  Share,  // the larger a share, the darker its cell
  Error,  // the smaller
};

// A table with a caption, scopes and a region of its own that scrolls sideways where it is too
// wide.
void add_table(Markup& html, const Table& table, Shading shading = Shading::None);

}  // namespace plumbline
