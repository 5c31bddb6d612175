// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "experiments/commands/experiment_options.h"

namespace commands {

/// The point of the file's variant `asked_for`; if that is empty, of its first, and a note on
/// standard error if there are more. Throws sim::ConfigError, which says what there is to choose
/// from.
experiments::Point one_point(const ExperimentOptions& options, const std::string& asked_for);

/// The same, as one run that can be looked at: in place of a search, which it says on standard
/// error, the run at the load that is found. Nothing after Ctrl-C.
std::optional<experiments::Point> one_run(const ExperimentOptions& options,
                                          const std::string& variant);

/// "10ms" or "10 ms", of the option that is called `name`. Throws sim::ConfigError.
sim::Duration duration_of(const std::string& name, const std::string& text);

}  // namespace commands
