// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/replay.h"

#include <fmt/format.h>
#include <fstream>
#include <sstream>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "sim/config_error.h"
#include "subsystems/scheduling/policies/described_agent.h"

namespace commands {
namespace {

wave::AgentRecords read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw sim::ConfigError(path, "cannot be read",
                           "give a file that wavesim native --record has written");
  try {
    return wave::read_records(in);
  } catch (const wave::BadRecord& bad) {
    throw sim::ConfigError(path, bad.what(),
                           "give a file that wavesim native --record has written");
  }
}

wave::MakeProgram program_of(const std::string& path, const wave::AgentRecord& record) {
  try {
    return scheduling::make_agent(scheduling::described_agent(record.program));
  } catch (const std::invalid_argument& bad) {
    throw sim::ConfigError(path, bad.what(), "record it with this version of the program");
  }
}

}  // namespace

int replay(const ReplayOptions& options) {
  const wave::AgentRecords records = read_file(options.file);
  for (const wave::AgentRecord& record : records) {
    const wave::MakeProgram make = program_of(options.file, record);
    try {
      print(fmt::format("{}: {} calls, all equal\n", record.program, wave::replay(record, make)));
    } catch (const wave::RecordDiffers& difference) {
      print(fmt::format("{}: {}\n", record.program, difference.what()));
      return kGateMissed;
    }
  }
  return kFine;
}

void write_records(const std::string& path, const wave::AgentRecords& records) {
  std::ostringstream out;
  wave::write(out, records);
  deliver(path, out.view());
}

}  // namespace commands
