// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "experiments/cluster/ranks.h"

namespace cluster {

/// Any rank but 0: runs what it is given until it is told to stop. False if rank 0 fell silent. The
/// run under way ends soon when rank 0 says so or `interrupted` becomes true, and is no result
/// then.
bool work_for_rank_0(Ranks& ranks, const std::atomic<bool>* interrupted = nullptr);

}  // namespace cluster
