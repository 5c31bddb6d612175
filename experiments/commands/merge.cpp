// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/merge.h"

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/store/merge.h"
#include "experiments/text/say.h"

namespace commands {

int merge(const MergeOptions& o) {
  require_writable(o.out);
  const store::Merged merged = store::merge(o.stores, o.out);
  experiments::say("wavesim: {} of {} points are in {}\n", merged.complete, merged.points, o.out);
  return kFine;
}

}  // namespace commands
