// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/system/machine_params.h"

namespace calibration {

/// One number that a user measured on a machine.
struct Measurement {
  std::string value;
  std::string measured;
  std::string error = {};

  static void describe(auto&& field) {
    field(&Measurement::value, "value", "one of the simulator's microbenchmarks");
    field(&Measurement::measured, "measured", "what the machine did, with its unit");
    field(&Measurement::error, "error", "one standard deviation of it; empty: 1 %");
  }
};

/// What is fitted to what, as the file says it.
struct Measurements {
  experiments::MachineParams machine = {};
  std::vector<Measurement> measurements = {};
  std::vector<std::string> fit = {};

  static void describe(auto&& field) {
    field(&Measurements::machine, "machine", "where the fit begins; what is not said is default");
    field(&Measurements::measurements, "measurements", "what was measured");
    field(&Measurements::fit, "fit",
          "paths of the parameters that are fitted; empty: the assumed and recalled ones that "
          "move a measurement");
  }
};

/// The same in numbers of the value's own unit, which is its name's last word.
struct Number {
  std::string value;
  double measured = 0;
  double error = 0;
};

/// Throws sim::ConfigError when there are none, for one that is no number in the value's unit, and
/// for errors of nothing.
std::vector<Number> numbers_of(const std::vector<Measurement>& measurements);

/// What a machine's microbenchmarks find, by name: those of the hardware
/// (experiments/measure/hardware.h), of the kernel of its host (kernel_costs.h), or of both.
enum class Bench { kHardware, kKernel, kBoth };
std::vector<std::pair<std::string, double>> microbenchmarks(
    const experiments::MachineParams& machine, Bench bench);

}  // namespace calibration
