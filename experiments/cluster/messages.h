// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "experiments/points/schedule.h"

namespace cluster {

/// A look costs microseconds and a replication takes tens of milliseconds at least.
constexpr std::chrono::milliseconds kBetweenLooks{1};
constexpr std::chrono::seconds kBetweenSignsOfLife{1};
/// Many signs of life: a rank may be swapped out for a while.
constexpr std::chrono::seconds kSilence{10};

/// What ranks tell each other, as JSON.
std::string alive_message();
std::string stop_message();
bool is_stop(const std::string& message);
/// After all have answered a stop with a stop: how to leave.
std::string leave_message(bool together);
/// Whether together, if it says how to leave at all.
std::optional<bool> read_leave(const std::string& message);

/// A job names its experiment in full: the other rank needs no file.
struct RemoteJob {
  experiments::Schedule::Job job;
  std::string experiment;
};
std::string job_message(const experiments::Schedule::Job& job, const experiments::Point& point);
std::optional<RemoteJob> read_job(const std::string& message);
/// Throws sim::ConfigError for what cannot be simulated here.
experiments::ExperimentParams params_of(const RemoteJob& remote);

struct RemoteOutcome {
  experiments::Schedule::Job job;
  experiments::Attempt outcome;

  bool is_of(const experiments::Schedule::Job& other) const {
    return job.point == other.point && job.replication == other.replication;
  }
};
std::string outcome_message(const RemoteOutcome& outcome);
std::optional<RemoteOutcome> read_outcome(const std::string& message);

}  // namespace cluster
