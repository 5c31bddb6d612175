// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "native/memory/region.h"

namespace native {

/// Reads and clears the access bits that the processor sets in the page tables of a region.
///
/// /proc/self/smaps tells for each mapping, thus for each batch, how many of its pages have theirs
/// set ("Referenced"); MADV_COLD clears a batch's and flushes TLBs, so that a later access sets
/// them again. Neither needs privileges. smaps starts at the first mapping and tells of each: a
/// scan of one batch takes as long as one of all up to it. An access between the two, some tenths
/// of a millisecond apart, is not seen. The kernel also clears bits when memory is scarce.
class AccessBits {
 public:
  /// Tries it on the first batch; throws sim::ConfigError if the file does not tell.
  explicit AccessBits(const Region& region, std::string file = "/proc/self/smaps");

  /// Calls `found(batch, pages)` for each batch whose number in `due` is not 0, lowest first: so
  /// many of its pages were accessed since the scan before. Their bits are clear then.
  void scan(std::span<const std::uint8_t> due,
            const std::function<void(tiering::Batch, int)>& found) const;

 private:
  void probe() const;

  const Region& region_;
  const std::string file_;
};

}  // namespace native
