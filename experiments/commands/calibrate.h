// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/commands/listing.h"

namespace commands {

struct CalibrateOptions {
  std::string file;  // what was measured
  std::string out;   // where to write the fitted machine
  Form form = Form::kText;
};

/// Fits the machine to a user's microbenchmarks.
int calibrate(const CalibrateOptions& options);

}  // namespace commands
