// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace commands {

/// From here on the first Ctrl-C or SIGTERM only asks to stop, and a second Ctrl-C ends the program
/// at once. A reader who leaves is an error to look at, not a reason to die, and a broken promise
/// ends the program with the exit code for it.
void prepare_signals();

/// Whether someone has asked. Simulations that are under way are given up, and nothing new begins;
/// what is complete is kept.
const std::atomic<bool>& interrupted();

}  // namespace commands
