// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/layout.h"

#include <gtest/gtest.h>
#include <vector>

namespace tiering {
namespace {

/// Each batch has one place, whatever is left over at the end.
TEST(Layout, DealsOutEveryBatchOnce) {
  for (const Batch batches : {1, 7, 8, 9, 64, 100, 191, 192, 193})
    for (const int parts : {1, 2, 3, 8}) {
      const Layout layout{.batches = batches, .stripe = 8, .parts = parts};
      std::vector<Batch> next(static_cast<std::size_t>(parts));
      for (Batch b = 0; b < batches; ++b) {
        const int part = layout.part(b);
        EXPECT_EQ(layout.local(b), next[static_cast<std::size_t>(part)]++);
        EXPECT_EQ(layout.global(part, layout.local(b)), b);
      }
      for (int part = 0; part < parts; ++part)
        EXPECT_EQ(layout.batches_of(part), next[static_cast<std::size_t>(part)])
            << batches << " batches in " << parts << " parts";
    }
}

}  // namespace
}  // namespace tiering
