// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/commands/native_load.h"
#include "experiments/policy/policy_params.h"
#include "native/host.h"

namespace commands {

/// As the command line gives them: times and rates are text that has yet to be read, and empty if
/// nothing was said.
struct NativeOptions {
  experiments::PolicyParams policy;
  native::HostOptions host;
  NativeLoadOptions load;
  std::string slice;
  std::vector<std::string> parameters;  // of a loaded policy, "name=value"
  std::string agent;
  std::string spin;
  std::string watchdog;
  std::string restart_after;
  std::string kill_every;
  std::string record;  // where to write what the agents see and do
  bool json = false;
  std::string out;
};

/// Schedules real requests on this machine's threads.
int native_scheduling(const NativeOptions& options);

}  // namespace commands
