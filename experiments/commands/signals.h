// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace commands {

/// From here on the first Ctrl-C (or SIGTERM) only asks to stop, and a second one ends the program
/// at once. A reader who leaves is an error to look at, not a reason to die, and a broken promise
/// ends the program with the exit code for it.
void prepare_signals();

/// Whether someone has asked. Work that is under way is finished; nothing new begins.
const std::atomic<bool>& interrupted();

}  // namespace commands
