// SPDX-License-Identifier: Apache-2.0
#include "experiments/calibration/measurements.h"

#include <fmt/format.h>

#include "experiments/measure/hardware.h"
#include "experiments/measure/kernel_costs.h"
#include "sim/config_error.h"
#include "sim/quantity.h"
#include "sim/units.h"

namespace calibration {
namespace {

double nanoseconds_in(const std::string& text) {
  return sim::to_ns(sim::parse<sim::Duration>(text));
}

double gigabits_in(const std::string& text) {
  return static_cast<double>(sim::parse<sim::Bandwidth>(text).bits_per_second()) / 1e9;
}

double number_in(const std::string& value, const std::string& text) {
  if (value.ends_with("_ns")) return nanoseconds_in(text);
  if (value.ends_with("_us")) return nanoseconds_in(text) / 1e3;
  if (value.ends_with("_gbps")) return gigabits_in(text);
  if (value.ends_with("_GBps")) return gigabits_in(text) / 8;
  throw sim::ConfigError("", "the value's unit is not known", "see docs/calibration.md");
}

/// Errors name the entry: "measurements.3.error".
double number_at(std::size_t index, const char* member, const std::string& value,
                 const std::string& text) {
  try {
    return number_in(value, text);
  } catch (const sim::ConfigError& error) {
    throw sim::ConfigError(fmt::format("measurements.{}.{}", index, member), error.wrong(),
                           error.remedy());
  }
}

}  // namespace

std::vector<Number> numbers_of(const std::vector<Measurement>& measurements) {
  constexpr double kDefaultError = 0.01;
  sim::require(!measurements.empty(), "measurements", "there are none",
               "write what was measured, as in [{\"value\": \"mmio_read_uc_ns\", \"measured\": "
               "\"750 ns\"}]");
  std::vector<Number> numbers;
  for (std::size_t i = 0; i < measurements.size(); ++i) {
    const Measurement& m = measurements[i];
    const double measured = number_at(i, "measured", m.value, m.measured);
    const double error =
        m.error.empty() ? kDefaultError * measured : number_at(i, "error", m.value, m.error);
    sim::require(error > 0, fmt::format("measurements.{}", i).c_str(), "has no error",
                 "write one standard deviation, as in \"5 ns\"");
    numbers.push_back({.value = m.value, .measured = measured, .error = error});
  }
  return numbers;
}

std::vector<std::pair<std::string, double>> microbenchmarks(
    const experiments::MachineParams& machine, Bench bench) {
  std::vector<std::pair<std::string, double>> values;
  const auto add = [&](const experiments::HardwareResult& result) {
    values.insert(values.end(), result.values.begin(), result.values.end());
  };
  if (bench != Bench::kKernel) add(experiments::measure_hardware(machine));
  if (bench != Bench::kHardware) add(experiments::measure_host_kernel(machine));
  return values;
}

}  // namespace calibration
