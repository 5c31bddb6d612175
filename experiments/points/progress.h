// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "experiments/points/runner.h"

namespace experiments {

/// "12/96 runs, 3.1/s, 27 s left", of wall time.
std::string progress_text(const Progress& progress);

/// One line on standard error that follows how far the work has come, if that is a terminal, and
/// nothing at all if not. The line is gone when this is.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Not to be called by two threads at once.
  void show(const Progress& progress);
  /// Gone until it is shown again, so that a result can be printed.
  void hide();

 private:
  using Clock = std::chrono::steady_clock;

  const bool wanted_;
  Clock::time_point next_ = Clock::now();  // no flicker: a few times a second is enough
};

}  // namespace experiments
