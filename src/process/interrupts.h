#pragma once

namespace plumbline {

// Installs the handlers of SIGINT and SIGTERM; main calls it once. The first signal is only noted,
// for `interrupted`; the second ends the program at once, and with it, by their guards, all
// children.
void watch_interrupts();
// True once SIGINT or SIGTERM arrived. May be called from any thread.
[[nodiscard]] bool interrupted();

}  // namespace plumbline
