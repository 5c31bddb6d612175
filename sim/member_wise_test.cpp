// SPDX-License-Identifier: Apache-2.0
#include "sim/member_wise.h"

#include <gtest/gtest.h>

#include "sim/units.h"

namespace sim {
namespace {

struct Inner {
  int count = 0;

  static void describe(auto&& stat) { stat(&Inner::count, "count", "a count"); }
  friend Inner operator-(const Inner& a, const Inner& b) { return difference(a, b); }
};

struct Outer {
  Duration time{};
  double energy = 0;
  Inner inner;

  static void describe(auto&& stat) {
    stat(&Outer::time, "time", "a time");
    stat(&Outer::energy, "energy", "an energy");
    stat(&Outer::inner, "inner", "a part");
  }
};

TEST(MemberWise, DifferenceIsThatOfEveryMemberAndOfTheirs) {
  const Outer less = difference(Outer{Duration{5}, 2.5, {7}}, Outer{Duration{3}, 1.0, {10}});
  EXPECT_EQ(less.time, Duration{2});
  EXPECT_EQ(less.energy, 1.5);
  EXPECT_EQ(less.inner.count, -3);
}

TEST(MemberWise, SumIsThatOfEveryMember) {
  EXPECT_EQ(sum(Inner{2}, Inner{3}).count, 5);
}

}  // namespace
}  // namespace sim
