// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace store {

struct Merged {
  std::size_t points = 0;
  std::size_t complete = 0;
};

/// Puts what is in the stores `from` into the one at `to`, which need not be there. Neither their
/// order nor doing it twice changes the documents of the result. `to` is written whole or not at
/// all; nobody else may write to it meanwhile.
///
/// Throws sim::ConfigError when two stores found different things in the same run, which the same
/// program cannot, or have results of different versions.
Merged merge(const std::vector<std::string>& from, const std::string& to);

}  // namespace store
