// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "workloads/capture/rocksdb.h"

namespace capture {

/// Sixteen decimal digits: the order of the keys is the order of the numbers.
using Key = std::array<char, 16>;
Key key_of(std::int64_t number);

/// Which key each operation of a round starts at, drawn and written out before anything is timed.
/// Zipf's popular keys are spread over the key space, or the popular blocks would be few.
std::vector<Key> first_keys(const RocksdbOptions& options, int round);

}  // namespace capture
