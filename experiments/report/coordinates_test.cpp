// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/coordinates.h"

#include <gtest/gtest.h>

namespace report {
namespace {

TEST(Coordinates, AreNumbersWhenAllAre) {
  const Coordinates c = coordinates_of({"8", "15", "2.5"});
  EXPECT_EQ(c.places.at("2.5"), 2.5);
  EXPECT_EQ(c.unit, "");
  EXPECT_TRUE(c.labels.empty());
}

TEST(Coordinates, HaveTheUnitOfTheFirstQuantityWhateverTheOthersAreWrittenIn) {
  const Coordinates c = coordinates_of({"900 k/s", "1 M/s"});
  EXPECT_EQ(c.places.at("900 k/s"), 900);
  EXPECT_EQ(c.places.at("1 M/s"), 1000);
  EXPECT_EQ(c.unit, "k/s");
  EXPECT_EQ(coordinates_of({"1 us", "250 ns"}).places.at("250 ns"), 0.25);
}

TEST(Coordinates, StandSideBySideWhenOneIsNoQuantityOrAnotherKindOf) {
  for (const char* other : {"host", "3 GHz", "7"}) {
    const Coordinates c = coordinates_of({"10 ns", other, "10 ns"});
    EXPECT_EQ(c.places.at(other), 1) << other;
    EXPECT_EQ(c.labels, (std::vector<std::string>{"10 ns", other}));
  }
}

TEST(Coordinates, OfNothingAreNone) {
  EXPECT_TRUE(coordinates_of({}).places.empty());
}

TEST(Label, HasTheUnitThatTheNameEndsIn) {
  EXPECT_EQ(label_of_value("p99_us"), "p99, µs");
  EXPECT_EQ(label_of_value("short_p999_us"), "short p99.9, µs");
  EXPECT_EQ(label_of_value("throughput_krps"), "throughput, 1,000 requests/s");
  EXPECT_EQ(label_of_value("restarts"), "restarts");
  EXPECT_EQ(label_of_path("system.workers", ""), "system.workers");
  EXPECT_EQ(label_of_path("machine.pcie.link.flight", "ns"), "machine.pcie.link.flight, ns");
}

}  // namespace
}  // namespace report
