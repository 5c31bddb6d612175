// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace commands {

/// What the program tells its caller. `wavesim --help` lists them.
enum ExitCode : int {
  kFine = 0,
  kGateMissed = 1,
  kBadInput = 2,       // the file, the command line, or a place that cannot be written
  kInternalError = 3,  // the simulator is wrong
  kSomeFailed = 5,     // a sweep or study reached its end, but not every point has a result
  kInterrupted = 130,  // as shells say it: 128 + SIGINT
};

}  // namespace commands
