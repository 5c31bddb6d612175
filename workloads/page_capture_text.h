// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "workloads/page_capture.h"

namespace workloads {

// An interval's text has a field for each batch, with a space between two; the field of a batch
// that nobody accessed is empty. "ABd*7!B" says that pages 0, 1 and 29 were accessed, by seven
// visits in all, and page 1 was written. Pages are digits of base 64 (A-Z, a-z, 0-9, +, /) and
// rise. Without "*" there was one visit to each.

std::string text_of(const IntervalAccesses& interval, int batches);

/// Throws std::invalid_argument that says which batch is wrong and why.
IntervalAccesses interval_of(std::string_view text, int batches);

}  // namespace workloads
