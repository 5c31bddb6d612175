// SPDX-License-Identifier: Apache-2.0
#include "experiments/cli/cli_agents.h"

#include "experiments/commands/replay.h"

namespace experiments {

void add_replay(CLI::App& app, Action& action) {
  auto [command, options] = add_command(
      app, action, &commands::replay, "replay",
      "let this program's agents run on what recorded ones saw, and compare what they do",
      "replay agents.rec");
  command->add_option("file", options->file, "what wavesim native --record has written")
      ->type_name("FILE")
      ->required();
}

}  // namespace experiments
