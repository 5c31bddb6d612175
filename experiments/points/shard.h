// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace experiments {

/// A part of the points of a sweep: the shards 1/n to n/n have every point once, and as many points
/// as any other, or one more or less. Each n points that follow each other go to n shards, and the
/// next n a shard further on, so that a swept load of as many values does not leave all its heavy
/// points to one.
struct Shard {
  std::size_t number = 1;  // from 1
  std::size_t of = 1;

  bool has(std::size_t point) const { return (point + point / of) % of == number - 1; }
};

/// Reads "2/8". Throws sim::ConfigError.
Shard read_shard(const std::string& text);

}  // namespace experiments
