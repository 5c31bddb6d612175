// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/policy_params.h"
#include "native/host.h"

namespace commands {

/// As the command line gives them: times and rates are text that has yet to be read, and empty if
/// nothing was said.
struct NativeOptions {
  experiments::PolicyParams policy;
  native::HostOptions host;
  std::string rate = "20k/s";
  std::string service = "10us";
  std::string distribution;
  std::string long_service = "500us";
  std::optional<double> long_share;
  std::string slice;
  std::vector<std::string> parameters;  // of a loaded policy, "name=value"
  std::string length;
  std::string warm_up;
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
