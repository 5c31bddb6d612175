// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/units.h"

namespace memory {

class Region;

/// One thing that a program did to non-coherent memory and should not have.
struct Finding {
  enum class Kind { kStaleRead, kTornRead, kLostWrite };

  Kind kind;
  std::string region;
  std::int64_t offset;  // of the line
  std::string writer;   // who wrote the bytes that were missed
  sim::Time written;
  std::string reader;   // who read; empty for a lost write
  sim::Time read;       // when; for a lost write, when it was noticed
  std::string missing;  // the flush or fence that would have helped
};

/// One line of text for people.
std::string to_string(const Finding& finding);

/// Collects what the memory model notices. Off by default: a region without a checker pays nothing.
class Checker {
 public:
  void report(Finding finding);

  /// The first of them; the rest are only counted, so that a broken protocol does not fill memory.
  const std::vector<Finding>& findings() const { return findings_; }
  std::int64_t count() const { return count_; }

 private:
  static constexpr std::size_t kKept = 100;
  std::vector<Finding> findings_;
  std::int64_t count_ = 0;
};

}  // namespace memory
