// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/text_table.h"

#include <gtest/gtest.h>

#include "experiments/progress.h"

namespace commands {
namespace {

TEST(TextTable, AlignsNamesLeftAndNumbersRight) {
  EXPECT_EQ(aligned({{"name", "value"}, {"a", "1"}, {"longer", "1000"}}, 1),
            "name    value\n"
            "a           1\n"
            "longer   1000\n");
}

TEST(TextTable, CountsLettersAndNotBytes) {
  EXPECT_EQ(aligned({{"a", "1 ±2"}, {"b", "12345"}}, 1),
            "a   1 ±2\n"
            "b  12345\n");
}

TEST(TextTable, TakesLinesThatAreShorterThanTheHeading) {
  EXPECT_EQ(aligned({{"a", "b", "c"}, {"x"}}, 1), "a  b  c\nx\n");
}

TEST(ProgressText, TellsRateAndTimeLeftOnceSomethingIsDone) {
  using std::chrono::duration;
  EXPECT_EQ(experiments::progress_text({0, 96, duration<double>{0}}), "0/96 runs");
  EXPECT_EQ(experiments::progress_text({12, 96, duration<double>{4}}),
            "12/96 runs, 3/s, 28 s left");
  EXPECT_EQ(experiments::progress_text({1, 101, duration<double>{3}}),
            "1/101 runs, 0.333/s, 5 min left");
}

}  // namespace
}  // namespace commands
