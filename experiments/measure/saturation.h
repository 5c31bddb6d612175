// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace experiments {

/// What a system did under one offered load, counted over a window that a warm-up precedes.
///
/// A request counts as much as it needs, in units of the mean: among 0.5 % of range queries that
/// make up five sixths of the work, a plain count would say little, and be mostly chance. One that
/// is half done counts half.
struct Probe {
  double arrived = 0;    // requests a second, as they came: not as the distribution wants
  double completed = 0;  // requests a second
};

/// A share of the arrivals that may be left over at the end of a window: less is lost in the
/// fluctuation of a queue that is about to fill. It lifts what is found by as much, for every
/// system alike.
constexpr double kLeftOver = 0.005;

/// The system keeps up with a load if, over the window, it does all but `kLeftOver` of what
/// arrives.
constexpr bool keeps_up(const Probe& probe) {
  return probe.completed >= (1 - kLeftOver) * probe.arrived;
}
/// What it does of that: 1 or more if it keeps up.
constexpr double part_kept_up(const Probe& probe) {
  return keeps_up(probe) ? 1 : probe.completed / ((1 - kLeftOver) * probe.arrived);
}

/// Whether the requests in flight grow over a window by more than chance can make them grow when
/// the system keeps up: 1 % of what arrived, and more than each worker one request.
constexpr bool outgrows_chance(double growth, std::int64_t arrived, int workers) {
  return growth > 0.01 * static_cast<double>(arrived) && growth > workers;
}
/// What there is to say of such a system.
constexpr const char* kDoesNotKeepUp = "does not keep up, so its latencies mean nothing";

/// When the highest load that is kept up with and the lowest that is not are this close, as a part
/// of it, a search ends.
constexpr double kResolution = 0.003;

/// A system that keeps up with nothing, or with everything, ends a search; nothing is less than
/// this part of the load that is certainly too much.
constexpr double kNegligible = 1e-5;
constexpr int kMostProbes = 40;

struct Saturation {
  double rate = 0;     // requests to the server in a second
  double offered = 0;  // the load under which that came: of the distribution
  /// The lowest load tried that the system did not keep up with; infinite when it always did.
  double refused_rate = 0;
  int probes = 0;
  std::uint64_t events = 0;  // of all probes
  std::uint64_t trace_hash = 0;
};

/// The saturation throughput: what arrives, in requests a second, under the highest offered load
/// that the system keeps up with, to a part of `resolution`.
///
/// A probe at `overload`, which should be more than the system can do, says roughly where to look,
/// and each one that the system does not keep up with says it better; what is left of the bracket
/// is halved. It supposes that a system which keeps up with a load keeps up with every lower one.
Saturation find_saturation(const std::function<Probe(double rate)>& probe, double overload,
                           double resolution = kResolution);

/// How much more than it can do a system is offered to see what it can do.
constexpr double kOffered = 1.1;

/// When what a system was offered is this close to a tenth more than it did, as a part of it, it
/// has been offered a tenth more.
constexpr double kNearlyOffered = 0.01;

/// The saturation throughput of a system under requests that differ so much that what comes in a
/// window is mostly chance: where a few hundred range queries are most of the work, the highest
/// load that is kept up with says more of when they came than of the system. What its CPUs do while
/// there is always something to do hardly depends on that. So this is the load that the system does
/// when it is offered a tenth more, to a part of `near`: with too much more, the mix of
/// what is done would be another than that of what comes. It is offered `first`, and then a tenth
/// more than it did before, until that is so.
Saturation find_capacity(const std::function<Probe(double rate)>& probe, double first,
                         double near = kNearlyOffered);

/// The least number up to `most`, which is enough, that is. `share` says what part of what is asked
/// for so many do, 1 or more if they are enough; supposing that each does as much, too few say how
/// many to try next. Whatever is more than enough must be enough.
int fewest(int most, const std::function<double(int)>& share);

}  // namespace experiments
