#pragma once

#include "adapter/adapter.h"

namespace plumbline {

// Answers requests over two inherited descriptors, for an adapter, until `close` or until the other
// side is gone. Returns the process's exit status. Bad requests and whatever the adapter throws are
// answered; nothing is thrown.
[[nodiscard]] int converse(Adapter& adapter, int request_fd, int response_fd);

// The descriptors that PLUMBLINE_REQUEST_FD and PLUMBLINE_RESPONSE_FD name. Without them says on
// standard error what this program is, and returns the status of a wrong usage.
[[nodiscard]] int converse_over_environment(Adapter& adapter);

}  // namespace plumbline
