// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "experiments/measure/experiment.h"

namespace experiments {

/// The share of a class's requests that are to be answered within its SLO.
constexpr double kWithinSlo = 0.99;

/// What came of requests in a window.
struct WindowStats {
  const workloads::RequestStats& requests;
  std::int64_t failed = 0;  // calls refused or lost: late, whichever kind they are
};

/// Whether requests are answered within the SLOs that `system.policy.classes` gives them: class 0's
/// of requests that are all of one kind, and in mixes class 0's of the short and class 1's of the
/// long ones (the last one's if there is only one). A request that is late already is late although
/// it has not been answered; so a window should be several SLOs long.
class Objectives {
 public:
  explicit Objectives(const ExperimentParams& experiment);

  /// At the end of a window: the share of requests that are late, over the share that may be, of
  /// the kind of which it is most; infinite when so few were answered that one alone would be more
  /// than may be late.
  double lateness(Server& server, const WindowStats& counts) const;
  bool met(Server& server, const WindowStats& counts) const {
    return lateness(server, counts) <= 1;
  }
  /// With `left` of a window still to come: true if they will be missed even if all that is still
  /// to be answered were in time. Supposes that Poisson arrivals stay within eight standard
  /// deviations of their mean, and says false of loads of which it does not know how much may come.
  bool missed_already(Server& server, const WindowStats& counts, sim::Duration left) const;

 private:
  /// Requests of one kind.
  struct Kind {
    std::int64_t answered_late = 0;
    std::int64_t answered = 0;
    std::int64_t waiting_late = 0;
    std::int64_t waiting = 0;

    std::int64_t late() const { return answered_late + waiting_late; }
  };

  std::vector<Kind> kinds(Server& server, const WindowStats& counts) const;
  double most_to_come(sim::Duration left) const;

  const ExperimentParams& experiment_;
};

}  // namespace experiments
