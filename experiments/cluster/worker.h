// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/cluster/ranks.h"

namespace cluster {

/// Any rank but 0: runs what it is given until it is told to stop. False if rank 0 fell silent.
bool work_for_rank_0(Ranks& ranks);

}  // namespace cluster
