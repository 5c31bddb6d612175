// SPDX-License-Identifier: Apache-2.0
#include "experiments/text/text_table.h"

#include <gtest/gtest.h>

namespace experiments {
namespace {

TEST(TextTable, MakesColumnsAsWideAsTheirWidestCell) {
  TextTable table({"a", "long", "c"});
  table.add({"wide cell", "b", "d"});
  EXPECT_EQ(table.aligned(),
            "a          long  c\n"
            "wide cell  b     d\n");
}

TEST(TextTable, AlignsNamesLeftAndNumbersRight) {
  TextTable table({"name", "value"});
  table.add({"a", "1"});
  table.add({"longer", "1000"});
  EXPECT_EQ(table.aligned(1),
            "name    value\n"
            "a           1\n"
            "longer   1000\n");
}

TEST(TextTable, CountsLettersAndNotBytes) {
  TextTable table({"a", "1 ±2"});
  table.add({"b", "12345"});
  EXPECT_EQ(table.aligned(1),
            "a   1 ±2\n"
            "b  12345\n");
}

TEST(TextTable, TakesRowsThatAreShorterThanTheHeadings) {
  TextTable table({"a", "b", "c"});
  table.add({"x"});
  EXPECT_EQ(table.aligned(1), "a  b  c\nx\n");
}

}  // namespace
}  // namespace experiments
