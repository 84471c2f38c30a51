#pragma once

#include "engine/defaults.h"

namespace plumbline::fast {

// Throws Error, with a sentence that names the meaning, where the settings ask for one that the
// fast engine does not know (engine/dialect.h). It knows all optimizers' dialects; of the others it
// knows what is named in support.cc.
void check_supported(const Settings& settings);

}  // namespace plumbline::fast
