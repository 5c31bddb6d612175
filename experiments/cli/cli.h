// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace experiments {

/// What the command line asks for, done. Gives back the exit code; see commands/exit_code.h.
int run_command_line(int argc, char** argv);

}  // namespace experiments
