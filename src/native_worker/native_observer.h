#pragma once

#include <memory>
#include <string>

#include "native_worker/native_adapter.h"

namespace plumbline {

// What the engine's trainer tells of its steps. `adapter` outlives the observer; `method` is the
// observations'.
[[nodiscard]] std::unique_ptr<Observer> make_native_observer(NativeAdapter& adapter,
                                                             std::string method);

}  // namespace plumbline
