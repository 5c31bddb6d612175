// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "experiments/points/runner.h"
#include "experiments/store/store.h"

namespace store {

/// The runs of a study that chooses its points as it goes: each is kept as soon as it is over, and
/// none that is there is run again. So a study that was interrupted asks the same once more, is
/// answered at once as far as it had come, and goes on.
///
/// Its points are in the store under a name of the study's, beside those of sweeps, and shown by no
/// listing.
class KeptRuns {
 public:
  /// An empty path: keeps nothing. Throws sim::ConfigError, as Store does.
  KeptRuns(const std::string& path, const std::string& study);

  /// The same options, and every run is kept. This must outlive what they are used for.
  experiments::RunnerOptions keeping(experiments::RunnerOptions runner);
  /// Runs that were added to the store.
  std::size_t added() const { return added_; }

 private:
  std::optional<Store> store_;
  std::size_t added_ = 0;
};

}  // namespace store
