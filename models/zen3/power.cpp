// SPDX-License-Identifier: Apache-2.0
#include "models/zen3/power.h"

#include <algorithm>
#include <array>

namespace zen3 {

using sim::Frequency;

namespace {

constexpr std::array kPowers{sim::Unit{"W", 1000}, sim::Unit{"mW", 1}};
constexpr std::array kVoltages{sim::Unit{"V", 1000}, sim::Unit{"mV", 1}};

double volts(const PowerParams& p, Frequency clock) {
  constexpr double kHigh = 3.5e9;
  constexpr double kLow = 3.1e9;
  const auto high = static_cast<double>(p.voltage.millivolts);
  const auto low = static_cast<double>(p.voltage_at_3100mhz.millivolts);
  const double there =
      low + (high - low) * (static_cast<double>(clock.hertz()) - kLow) / (kHigh - kLow);
  return std::max(there, static_cast<double>(p.voltage_least.millivolts)) / 1e3;
}

}  // namespace

double core_watts(const PowerParams& p, Frequency clock) {
  const double speed =
      static_cast<double>(clock.hertz()) / static_cast<double>(core::kReferenceClock.hertz());
  const double voltage = volts(p, clock) / volts(p, core::kReferenceClock);
  return p.core.watts() * speed * voltage * voltage;
}

double socket_watts(const PowerParams& p, Frequency clock, const Activity& a) {
  const double busy = a.one_thread + (1 + p.second_thread) * a.two_threads;
  const bool asleep = a.one_thread + a.two_threads + a.halted == 0;
  return (asleep ? p.uncore_asleep : p.uncore).watts() + busy * core_watts(p, clock) +
         a.halted * p.core_halted.watts();
}

Frequency boost_limit(const PowerParams& p, int awake, int cores) {
  if (awake <= p.boost_knee) return p.max_clock;
  const std::int64_t fall = p.max_clock.hertz() - p.all_core_clock.hertz();
  return Frequency::hertz(p.max_clock.hertz() -
                          fall * (awake - p.boost_knee) / (cores - p.boost_knee));
}

Frequency choose_clock(const PowerParams& p, const Activity& activity, int awake, int cores) {
  const std::int64_t step = p.clock_step.hertz();
  std::int64_t clock = boost_limit(p, awake, cores).hertz() / step * step;
  while (clock - step >= p.min_clock.hertz() &&
         socket_watts(p, Frequency::hertz(clock), activity) > p.budget.watts())
    clock -= step;
  return Frequency::hertz(std::max(clock, p.min_clock.hertz()));
}

}  // namespace zen3

const sim::Scale& sim::Quantity<zen3::Power>::scale() {
  static constexpr Scale kScale{"power", "280 W", zen3::kPowers, 3};
  return kScale;
}

const sim::Scale& sim::Quantity<zen3::Voltage>::scale() {
  static constexpr Scale kScale{"voltage", "1.1 V", zen3::kVoltages, 3};
  return kScale;
}
