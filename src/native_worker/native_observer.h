#pragma once

#include <memory>

#include "native_worker/native_adapter.h"

namespace plumbline {

// The engine's own values of a step: neither engine computes otherwise for being observed.
// `adapter` outlives the observer.
[[nodiscard]] std::unique_ptr<Observer> make_native_observer(NativeAdapter& adapter);

}  // namespace plumbline
