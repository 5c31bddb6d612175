// SPDX-License-Identifier: Apache-2.0
#include "experiments/sensitivity.h"

#include <gtest/gtest.h>

#include "experiments/text_table.h"

namespace experiments {
namespace {

Effect effect(const std::string& ratio, const std::string& path, std::optional<double> at_high) {
  return {.path = path,
          .tag = 'A',
          .low = "1 ns",
          .high = "2 ns",
          .ratio = ratio,
          .at_default = 2,
          .at_low = 1.9,
          .at_high = at_high};
}

TEST(Sensitivity, IsTheLargerOfTheTwoMovesRelativeToTheDefault) {
  EXPECT_DOUBLE_EQ(effect("r", "p", 2.5).size(), 0.25);
  EXPECT_DOUBLE_EQ(effect("r", "p", 2.01).size(), 0.05);
}

TEST(Sensitivity, LeavesOutAnEndAtWhichThereIsNoMachine) {
  EXPECT_DOUBLE_EQ(effect("r", "p", std::nullopt).size(), 0.05);
  EXPECT_EQ(effects_as_markdown({effect("r", "p", std::nullopt)}),
            "| ratio | parameter | tag | range | default | at low | at high | moves by |\n"
            "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
            "| r | p | A | 1 ns .. 2 ns | 2.000 | 1.900 | - | 5.0 % |\n");
}

TEST(Sensitivity, ShowsTheFirstOfEachRatio) {
  const std::string text =
      effects_as_text({effect("a", "p1", 3), effect("a", "p2", 3), effect("b", "p3", 3)}, 1);
  EXPECT_NE(text.find("p1"), std::string::npos);
  EXPECT_EQ(text.find("p2"), std::string::npos);
  EXPECT_NE(text.find("p3"), std::string::npos);
}

TEST(TextTable, MakesColumnsAsWideAsTheirWidestCell) {
  TextTable table({"a", "long", "c"});
  table.add({"wide cell", "b", "d"});
  EXPECT_EQ(table.aligned(),
            "a          long  c\n"
            "wide cell  b     d\n");
}

}  // namespace
}  // namespace experiments
