// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/signals.h"

#include <atomic>
#include <csignal>
#include <unistd.h>

#include "experiments/commands/exit_code.h"

namespace commands {
namespace {

// A signal handler has no other way to speak to the program.
std::atomic<bool> asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

/// A second Ctrl-C ends the program at once. SIGTERM does not: timeout sends it twice, to its child
/// and to the child's group.
void on_signal(int signal) {
  if (asked.exchange(true) && signal == SIGINT) _exit(kInterrupted);
}

/// SIM_CHECK has said on standard error what is wrong.
void on_abort(int) {
  _exit(kInternalError);
}

}  // namespace

void prepare_signals() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGABRT, on_abort);
}

const std::atomic<bool>& interrupted() {
  return asked;
}

}  // namespace commands
