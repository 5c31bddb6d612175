// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "experiments/calibration/identify.h"
#include "experiments/calibration/measurements.h"
#include "experiments/influence/factor.h"
#include "sim/document.h"

namespace calibration {

/// A machine whose microbenchmarks come as near to the measured ones as its parameters allow.
struct Calibration {
  std::vector<Number> numbers;
  std::vector<double> before = {};  // what the simulator says to each, at the start
  std::vector<double> after = {};   // and with the fitted machine
  std::vector<influence::Factor> factors = {};
  std::vector<std::string> fitted = {};  // each parameter's value, as text
  Fit fit = {};
  Identification identification = {};
  std::vector<std::string> discrete =
      {};  // assumed or recalled, but of too few values to be fitted
};

/// Fits the machine to the measurements. The model is the simulator: in each step it runs the
/// microbenchmarks, in which nothing is random, on machines that differ in one parameter. Throws
/// sim::ConfigError for values and parameters that do not exist or cannot be fitted, and
/// experiments::Stopped, between two machines, once `stop` is true.
Calibration calibrate(const Measurements& measurements, const std::atomic<bool>* stop = nullptr);

std::string as_text(const Calibration& calibration);
std::string as_markdown(const Calibration& calibration);
/// {"machine": {...}}, for `--machine`: where the fit began as the file says it, and each fitted
/// parameter, whether it was identified or not: together they give the measured values.
std::string as_machine(const Calibration& calibration, const sim::Document& measurements);

}  // namespace calibration
