#include "process/interrupts.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "base/exit_code.h"

namespace plumbline {

namespace {

std::atomic<bool> interrupt_arrived{false};
static_assert(
    std::atomic<bool>::is_always_lock_free);  // else not to be touched by a signal handler

void note_interrupt(int) {
  if (interrupt_arrived.exchange(true)) {
    ::_exit(static_cast<int>(ExitCode::Interrupted));
  }
}

}  // namespace

void watch_interrupts() {
  struct sigaction action{};
  action.sa_handler = note_interrupt;
  action.sa_flags = SA_RESTART;  // poll is not restarted in any case, and is where we wait
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() {
  return interrupt_arrived.load();
}

}  // namespace plumbline
