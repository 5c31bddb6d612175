// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/progress.h"

#include <gtest/gtest.h>

namespace experiments {
namespace {

TEST(ProgressText, TellsRateAndTimeLeftOnceSomethingIsDone) {
  using std::chrono::duration;
  EXPECT_EQ(progress_text({0, 96, duration<double>{0}}), "0/96 runs");
  EXPECT_EQ(progress_text({12, 96, duration<double>{4}}), "12/96 runs, 3/s, 28 s left");
  EXPECT_EQ(progress_text({1, 101, duration<double>{3}}), "1/101 runs, 0.333/s, 5 min left");
}

}  // namespace
}  // namespace experiments
