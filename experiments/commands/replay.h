// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "subsystems/wave/agent/record.h"

namespace commands {

struct ReplayOptions {
  std::string file;
};

/// Gives the agents of this program what recorded ones saw, and compares what they do. Exit code 1
/// if one does something else.
int replay(const ReplayOptions& options);

/// For who records: the file, whole or not at all.
void write_records(const std::string& path, const wave::AgentRecords& records);

}  // namespace commands
