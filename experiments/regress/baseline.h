// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace experiments {

/// A value as each of several runs found it, by the run's seed.
using BySeed = std::map<std::uint64_t, double>;

/// The same value, found before and after a change of the program.
struct BeforeAfter {
  BySeed before;
  BySeed after;
};

/// The most comparisons in a hundred in which anything at all is called moved although nothing was
/// changed: over all values together, both looks included.
constexpr double kFalseAlarms = 0.05;
/// The part of it that the first look may use.
constexpr double kFirstLook = 0.01;
/// A smaller change is never called one: a search that ends a step earlier, or the rounding of
/// another compiler's arithmetic.
constexpr double kNotWorthIt = 0.003;
/// With so many times as many replications what is in doubt is looked at again.
constexpr int kAgain = 4;

enum class Finding {
  kEqual,    // run by run
  kNoise,    // not equal, but no more apart than other seeds would make them
  kMoved,    // the mean is another one
  kInexact,  // not equal, and one replication on either side: nothing says what chance does
};

/// What became of one value.
struct Judgement {
  Finding finding = Finding::kEqual;
  double before = 0;  // means
  double after = 0;
  double p = 1;          // how often chance alone would move this value as far or farther
  double sees = 0;       // the relative change that is called one in half of the cases
  bool again = false;    // decided at the second look
  std::size_t runs = 0;  // of the fewer replications of the two

  double change() const;  // relative
  /// Also what nothing is known of: a single run is taken as exact, as those of the hardware are.
  bool moved() const;
};

/// Runs more replications of the values at these places, and gives what they found, in that order.
using LookAgain = std::function<std::vector<BySeed>(const std::vector<std::size_t>& doubtful)>;

/// Says of each value whether it moved.
///
/// Runs with equal seeds see the same requests, so that a change which does not touch a value
/// leaves it equal, run by run, and there is nothing to decide. Otherwise Student's t says how
/// often chance would do as much: that of two samples with one spread (if nothing has changed the
/// spread has not), and, where three seeds or more are common, that of the differences by seed,
/// too; twice the lesser probability counts, for having looked twice. Holm's procedure corrects for
/// the number of values that are not equal. Three replications tell little, and so what is in doubt
/// is looked at a second time, with more of them.
///
/// Supposes that replications are about normal. Values are judged as if they were independent;
/// Holm's procedure does not need that they are.
std::vector<Judgement> judge(const std::vector<BeforeAfter>& values, const LookAgain& again = {});

}  // namespace experiments
