// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/core/core_params.h"
#include "models/zen3/electric.h"
#include "sim/describe.h"
#include "sim/units.h"

namespace zen3 {

using namespace std::chrono_literals;

/// What a socket may draw, what its parts draw, and how fast its cores may run. The boost curve
/// (`max_clock`, `all_core_clock`, `boost_knee`) is calibrated, from published numbers; which point
/// of it a machine is at is what the model finds.
struct PowerParams {
  sim::Frequency max_clock = core::kReferenceClock;
  sim::Frequency all_core_clock = sim::Frequency::gigahertz(3.15);
  int boost_knee = 30;
  sim::Frequency min_clock = sim::Frequency::gigahertz(1.5);
  sim::Frequency clock_step = sim::Frequency::megahertz(25);
  sim::Duration update_period = 1ms;
  Power budget = Power::of_watts(280);
  Power uncore = Power::of_watts(100);
  Power uncore_asleep = Power::of_watts(50);
  Power core = Power::of_watts(5.5);
  double second_thread = 0.15;
  Power core_halted = Power::of_watts(0.45);
  Voltage voltage = {1100};
  Voltage voltage_at_3100mhz = {834};
  Voltage voltage_least = {700};

  static void describe(auto&& field) {
    using P = PowerParams;
    using sim::Frequency;
    using sim::Range;
    field(&P::max_clock, "max_clock", "highest clock of a core",
          sim::published("hardware.md 3.1: EPYC 7763's boost"),
          Range{Frequency::gigahertz(2.45), Frequency::gigahertz(3.7)});
    field(&P::all_core_clock, "all_core_clock",
          "highest clock when no core of the socket is power-gated",
          sim::derived("hardware.md 8.4: 3.1 to 3.2 GHz of the same die in public clouds"),
          Range{Frequency::gigahertz(2.9), Frequency::gigahertz(3.3)});
    field(&P::boost_knee, "boost_knee",
          "most cores of a socket, not power-gated, that may run at the highest clock; beyond it "
          "the limit falls in a straight line",
          sim::derived("hardware.md 8.4, from the power budget: no curve is published"),
          Range{8, 40});
    field(&P::min_clock, "min_clock", "lowest clock that the power budget can force",
          sim::recalled("lowest P-state of an EPYC 7763"),
          Range{Frequency::gigahertz(1), Frequency::gigahertz(2)});
    field(&P::clock_step, "clock_step", "clocks are multiples of it",
          sim::published("hardware.md 3.3: 25 MHz"),
          Range{Frequency::megahertz(25), Frequency::megahertz(100)});
    field(&P::update_period, "update_period", "from one setting of the clock to the next",
          sim::recalled("hardware.md 3.3: a control loop of about 1 ms"), Range{500us, 2ms});
    field(&P::budget, "budget", "what a socket may draw on average (TDP)",
          sim::published("hardware.md 3.1: EPYC 7763, 280 W"),
          Range{Power::of_watts(225), Power::of_watts(280)});
    field(&P::uncore, "uncore", "I/O die, fabric and memory controllers, awake",
          sim::published("hardware.md 3.3: about 100 W of an idle Milan, up to 111 W"),
          Range{Power::of_watts(65), Power::of_watts(111)});
    field(&P::uncore_asleep, "uncore_asleep", "the same when every core is power-gated",
          sim::derived("hardware.md 3.4: two Zen 2 sockets draw 99 W with all threads in C2"),
          Range{Power::of_watts(30), Power::of_watts(65)});
    field(&P::core, "core", "one core at 3.5 GHz with one busy thread, integer code",
          sim::derived("hardware.md 8.4"), Range{Power::of_watts(4), Power::of_watts(8)});
    field(&P::second_thread, "second_thread", "what a second busy thread adds to that, as a share",
          sim::recalled("hardware.md 3.3: siblings count as 1.15 times one thread"),
          Range{0.05, 0.3});
    field(&P::core_halted, "core_halted", "a core whose threads have halted but that is not gated",
          sim::derived("hardware.md 3.3: 0.3 to 0.6 W"),
          Range{Power::of_watts(0.3), Power::of_watts(0.6)});
    field(&P::voltage, "voltage", "supply of the cores at 3.5 GHz",
          sim::recalled("hardware.md 3.3: 1.1 V"), Range{Voltage{1000}, Voltage{1200}});
    field(&P::voltage_at_3100mhz, "voltage_at_3100mhz",
          "supply of the cores at 3.1 GHz; a straight line passes through the two",
          sim::derived("hardware.md 3.3: a core takes 2.8 W there where it takes 5.5 W at 3.5 GHz"),
          Range{Voltage{780}, Voltage{950}});
    field(&P::voltage_least, "voltage_least", "lowest supply of the cores",
          sim::assumed("what 7 nm cores need at their base clock"),
          Range{Voltage{650}, Voltage{800}});
  }
};

/// How many cores of a socket are in which state, on average over some time. The rest is gated.
struct Activity {
  double one_thread = 0;   // busy
  double two_threads = 0;  // busy
  double halted = 0;
};

/// One busy thread: proportional to the clock and to the square of the voltage that it needs.
double core_watts(const PowerParams& params, sim::Frequency clock);
double socket_watts(const PowerParams& params, sim::Frequency clock, const Activity& activity);

/// The highest clock with `awake` of `cores` cores not power-gated, whatever they draw.
sim::Frequency boost_limit(const PowerParams& params, int awake, int cores);

/// The highest step within the boost limit that the power budget allows.
sim::Frequency choose_clock(const PowerParams& params, const Activity& activity, int awake,
                            int cores);

}  // namespace zen3
