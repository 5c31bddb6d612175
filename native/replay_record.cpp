// SPDX-License-Identifier: Apache-2.0
// Gives the agent programs that are linked here, without a simulator, what recorded ones saw:
// wavesim_replay FILE. Exit code 1 if one does something else, 2 if the file is none.
#include <cstdio>
#include <exception>
#include <fstream>

#include "subsystems/scheduling/policies/described_agent.h"
#include "subsystems/wave/agent/record.h"

namespace {

void replay_all(const char* file) {
  std::ifstream in(file, std::ios::binary);
  for (const wave::AgentRecord& record : wave::read_records(in)) {
    const auto make = scheduling::make_agent(scheduling::described_agent(record.program));
    std::printf("%s: %lld calls, all equal\n", record.program.c_str(),
                static_cast<long long>(wave::replay(record, make)));
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: wavesim_replay FILE\n", stderr);
    return 2;
  }
  try {
    replay_all(arguments[1]);
    return 0;
  } catch (const wave::RecordDiffers& difference) {
    std::printf("%s\n", difference.what());
    return 1;
  } catch (const std::exception& bad) {
    std::fprintf(stderr, "wavesim_replay: %s: %s\n", arguments[1], bad.what());
    return 2;
  }
}
