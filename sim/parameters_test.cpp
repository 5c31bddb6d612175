// SPDX-License-Identifier: Apache-2.0
#include "sim/parameters.h"

#include <gtest/gtest.h>

#include "sim/json_sample.h"

namespace sim {
namespace {

using sample::Link;
using sample::Machine;

TEST(Parameters, AreVisitedAsDescribedWithTheirPaths) {
  Machine machine;
  machine.timeout = 5us;
  machine.clients.resize(1);
  machine.costs["open"] = 5ns;
  std::vector<std::string> paths;
  for_each_parameter(machine,
                     [&](const Parameter& parameter) { paths.push_back(parameter.path()); });
  EXPECT_EQ(paths,
            (std::vector<std::string>{"cores", "nice", "share", "clock", "decode", "link.flight",
                                      "link.bandwidth", "link.header", "timeout", "clients.0.rate",
                                      "clients.0.sizes.0", "costs.open"}));
}

TEST(Parameters, MoveToTheEndsOfTheirRanges) {
  Link link;
  for_each_parameter(link, [](const Parameter& parameter) { parameter.set_to_low(); });
  EXPECT_EQ(link, (Link{90ns, Bandwidth::gigabytes_per_second(2), 16_B}));
  for_each_parameter(link, [](const Parameter& parameter) { parameter.set_to_high(); });
  EXPECT_EQ(link, (Link{180ns, Bandwidth::gigabytes_per_second(64), 32_B}));
}

TEST(Parameters, TellWhatTheyAreAndTakeText) {
  Link link;
  const Parameter flight = parameters_in(type_of<Link>(), &link).front();
  EXPECT_EQ(flight.source().tag, Tag::kAssumed);
  EXPECT_STREQ(flight.meaning(), "one way");
  EXPECT_EQ(flight.text() + ", " + flight.low_text() + ", " + flight.high_text(),
            "130 ns, 90 ns, 180 ns");
  flight.set("100 ns");
  EXPECT_EQ(link.flight, 100ns);
  try {
    flight.set(std::int64_t{7});
    FAIL() << "a bare number was accepted";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "flight: 7 has no unit; write a time with its unit, as in \"130 ns\"");
  }
}

TEST(Parameters, AreNumbersInWhatTheyCount) {
  Machine machine;
  std::map<std::string, std::string> texts;
  for_each_parameter(machine, [&](const Parameter& parameter) {
    ASSERT_TRUE(parameter.is_number()) << parameter.path();
    EXPECT_LE(parameter.low(), parameter.high()) << parameter.path();
    parameter.set_number((parameter.low() + parameter.high()) / 2);
    EXPECT_GE(parameter.number(), parameter.low()) << parameter.path();
    texts[parameter.path()] = parameter.text();
  });
  EXPECT_EQ(machine.link.flight, 135ns);
  Link link;
  const Parameter flight = parameters_in(type_of<Link>(), &link).front();
  EXPECT_EQ(flight.number(), 130'000);
  EXPECT_EQ(flight.low(), 90'000);
  EXPECT_EQ(flight.high(), 180'000);
  flight.set_number(123'456.6);
  EXPECT_EQ(link.flight, 123'457_ps);
  flight.set_number(-1);
  EXPECT_EQ(link.flight, 0ns);
}

TEST(Parameters, AreListedWhenOutsideTheirRangesEndsIncluded) {
  Machine machine;
  machine.link.flight = 180ns;
  EXPECT_TRUE(outside_range(machine).empty());
  machine.link.flight = 180ns + 1_ps;
  machine.clients = {{.sizes = {1_B, 0_B}}};
  const auto outside = outside_range(machine);
  ASSERT_EQ(outside.size(), 2U);
  EXPECT_EQ(outside[0].path + ' ' + outside[0].value, "link.flight 180.001 ns");
  EXPECT_EQ(outside[1].path + ' ' + outside[1].value, "clients.0.sizes.1 0 B");
  EXPECT_EQ(outside[1].low + ".." + outside[1].high, "1 B..4 KiB");
}

TEST(Parameters, AreRefusedOutsideTheirRangesWhereNothingCanBeHadBeyond) {
  Link link;
  EXPECT_NO_THROW(require_in_range(link));
  link.flight = 181ns;
  try {
    require_in_range(link);
    FAIL() << "181 ns were accepted";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "flight: is out of bounds: 181 ns; give something from 90 ns to 180 ns");
  }
}

struct Careless {
  Duration sourced = 1ns;
  Duration unsourced = 1ns;
  Bytes unlikely = 9_B;
  std::vector<Bytes> empty;

  static void describe(auto&& field) {
    field(&Careless::sourced, "sourced", "has one", chosen("any"));
    field(&Careless::unsourced, "unsourced", "has none");
    field(&Careless::unlikely, "unlikely", "outside its range", assumed("a guess"),
          Range{10_B, 20_B});
    field(&Careless::empty, "empty", "an empty text is no source", assumed(""));
  }
};

TEST(Parameters, WithoutASourceOrWithAnUnlikelyDefaultAreFound) {
  EXPECT_TRUE(missing_sources<Machine>().empty());
  EXPECT_EQ(missing_sources<Careless>(),
            (std::vector<std::string>{"unsourced: has no source", "empty: has no source",
                                      "unlikely: default 9 B is outside its range 10 B .. 20 B"}));
}

struct Mixed {
  Duration gap = 1us;
  double factor = 1;

  static void describe(auto&& field) {
    field(&Mixed::gap, "gap", "ends in two units", chosen("any"), Range{500_ps, 2us});
    field(&Mixed::factor, "factor", "ends in two types", chosen("any"), Range{1, 2.5});
  }
};

TEST(Parameters, MayHaveRangesWithEndsOfTwoTypes) {
  Mixed mixed;
  for_each_parameter(mixed, [](const Parameter& parameter) { parameter.set_to_high(); });
  EXPECT_EQ(mixed.gap, 2us);
  EXPECT_EQ(mixed.factor, 2.5);
}

}  // namespace
}  // namespace sim
