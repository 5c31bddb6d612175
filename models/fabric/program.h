// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/fabric/words.h"

namespace fabric {

/// Runs a program in a process of its own, with `question` on its standard input, and returns what
/// it writes to its standard output. Any thread may do so at any time: nothing of this process is
/// copied. Throws std::runtime_error if the program cannot be run or fails.
Words ask_program(const std::string& path, const Words& question);

/// The program's side.
Words read_words(int file);
bool write_words(int file, const Words& words);

}  // namespace fabric
