// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "subsystems/scheduling/policies/agent_program.h"
#include "subsystems/wave/agent/program.h"

namespace scheduling {

/// An agent program in one line of text, so that who reads a record of one can make the same again.
struct DescribedAgent {
  std::string policy = "fifo";  // or shinjuku, multi_queue_shinjuku
  Instant slice{};              // of the latter two
  std::vector<Instant> slos{};  // of the last, by class
  AgentOptions options = {};
};

std::string to_text(const DescribedAgent& agent);
/// Throws std::invalid_argument if the text describes none.
DescribedAgent described_agent(const std::string& text);

/// Makes it, policy and program.
wave::MakeProgram make_agent(const DescribedAgent& agent);

}  // namespace scheduling
