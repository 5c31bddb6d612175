// SPDX-License-Identifier: Apache-2.0
#include "sim/json.h"

#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>

#include "sim/json_sample.h"

namespace sim {
namespace {

using sample::Client;
using sample::Link;
using sample::Machine;

Machine machine_in(const std::string& text) {
  return read<Machine>(Document::parse(text, "e.json"));
}

std::string error_in(const std::string& text) {
  try {
    machine_in(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

Machine unusual_machine() {
  Machine machine;
  machine.turbo = false;
  machine.cores = std::numeric_limits<std::int64_t>::min();
  machine.seed = std::numeric_limits<std::uint64_t>::max();
  machine.nice = -20;
  machine.share = 0.1 + 0.2;
  machine.label = "a \"b\"\n\xc3\xa4";
  machine.memory = sample::Memory::kUncached;
  machine.link.flight = 123'456'789_ps;
  machine.timeout = 3us;
  machine.spare = Link{.header = 16_B};
  machine.clients = {{.rate = {1.0 / 3}, .sizes = {}}, {.rate = {2e6}, .sizes = {1_B, 4_KiB}}};
  machine.costs = {{"open", 5ns}, {"a.b", 7ns}};
  return machine;
}

TEST(Json, ReadsOnlyWhatDiffersFromTheDefaults) {
  Machine expected;
  expected.cores = 4;
  expected.link.flight = 150ns;
  EXPECT_EQ(machine_in(R"({"cores": 4, "link": {"flight": "150 ns"}})"), expected);
  EXPECT_EQ(machine_in("{}"), Machine{});
}

struct Program {
  std::map<std::string, Argument> arguments;

  static void describe(auto&& field) {
    field(&Program::arguments, "arguments", "what it is told", chosen("its own"));
  }
};

TEST(Json, TakesArgumentsAsTheyAreWritten) {
  const auto read_program = [](const std::string& arguments) {
    return read<Program>(Document::parse("{\"arguments\": {" + arguments + "}}", "e.json"));
  };
  const Program program = read_program(R"("a": "30 us", "b": 16, "c": -0.5, "d": true)");
  EXPECT_EQ(program.arguments,
            (std::map<std::string, Argument>{
                {"a", {"30 us"}}, {"b", {"16"}}, {"c", {"-0.5"}}, {"d", {"true"}}}));
  EXPECT_EQ(write(program).dump(), R"({"arguments":{"a":"30 us","b":"16","c":"-0.5","d":"true"}})");
  EXPECT_THROW(read_program(R"("a": null)"), ConfigError);
  EXPECT_THROW(read_program(R"("a": [1])"), ConfigError);
}

TEST(Json, WritesInTheOrderDescribed) {
  EXPECT_EQ(write(Machine{}).dump(),
            R"({"turbo":true,"cores":16,"seed":1,"nice":0,"share":0.5,"label":"bench",)"
            R"("memory":"wt","clock":"3.5 GHz","decode":"46 cycles",)"
            R"("link":{"flight":"130 ns","bandwidth":"16 GB/s","header":"24 B"},)"
            R"("timeout":null,"spare":null,"clients":[],"costs":{}})");
}

TEST(Json, ReadsBackExactlyWhatItWrites) {
  const Machine machine = unusual_machine();
  EXPECT_EQ(machine_in(write_text(machine)), machine);
  EXPECT_EQ(write_text(machine_in(write_text(machine))), write_text(machine));
}

TEST(Json, ReadsAndWritesManyNamesInLinearTime) {
  Machine machine;
  for (int i = 0; i < 200'000; ++i) machine.costs[std::to_string(i)] = 1ns;
  EXPECT_EQ(machine_in(write_text(machine)).costs.size(), 200'000U);
}

TEST(Json, ReadsAtAPathAndOverAStartingValue) {
  const Document document =
      Document::parse(R"({"machine": {"link": {"kind": "pcie", "header": "16 B"}}})", "f");
  Link link{.flight = 7ns, .header = 0_B};
  read_into(link, document, "machine.link", {"kind"});
  EXPECT_EQ(link, (Link{.flight = 7ns, .header = 16_B}));
  EXPECT_EQ(read<Link>(document, "machine.link", {"kind"}), Link{.header = 16_B});
  EXPECT_EQ(read<Link>(document, "machine.other"), Link{});
}

TEST(Json, LeavesTheStartingValueAloneWhenItThrows) {
  const Document document = Document::parse(R"({"flight": "1 ns", "header": 3})", "f");
  Link link;
  EXPECT_THROW(read_into(link, document), ConfigError);
  EXPECT_EQ(link, Link{});
}

TEST(Json, StartsFromAPreset) {
  Link expected = sample::slow();
  expected.header = 16_B;
  EXPECT_EQ(machine_in(R"({"link": {"header": "16 B", "preset": "slow"}})").link, expected);
  EXPECT_EQ(error_in(R"({"link": {"preset": "slo"}})"),
            "e.json:1:21: link.preset: \"slo\" is not a choice; did you mean slow?");
  EXPECT_EQ(error_in(R"({"link": {"preset": ["slow"]}})"),
            "e.json:1:21: link.preset: found a list; write a single value: slow");
  EXPECT_EQ(
      error_in(R"({"preset": "slow"})"),
      "e.json:1:2: no such parameter: \"preset\"; try turbo, cores, seed, nice, share, label, "
      "memory, clock, decode, link, timeout, spare, clients or costs");
}

TEST(Json, ReadsOverAnOptionalThatIsThereAndReplacesListsWhole) {
  Machine machine;
  machine.spare = Link{.flight = 9ns};
  machine.clients.resize(3);
  read_into(machine, Document::parse(R"({"spare": {"header": "8 B"}, "clients": [{}]})", "f"));
  EXPECT_EQ(machine.spare, (Link{.flight = 9ns, .header = 8_B}));
  EXPECT_EQ(machine.clients, std::vector{Client{}});
  read_into(machine, Document::parse(R"({"spare": null})", "f"));
  EXPECT_EQ(machine.spare, std::nullopt);
}

TEST(Json, AllowsFreeTextAtAnyLevelAndASchemaAtTheTop) {
  EXPECT_EQ(machine_in(R"({"$schema": "s.json", "about": "x", "link": {"about": "y"},
                           "clients": [{"about": "z"}], "costs": {"about": "w"}})")
                .clients.size(),
            1U);
  EXPECT_EQ(error_in(R"({"link": {"$schema": "s.json"}})").substr(0, 48),
            R"(e.json:1:11: link: no such parameter: "$schema";)");
  EXPECT_EQ(error_in(R"({"about": 3})"),
            "e.json:1:11: about: found no text; write a sentence in quotes");
}

TEST(Json, RefusesANameItDoesNotKnowAndOffersTheNearest) {
  EXPECT_EQ(error_in("{\"link\": {\n  \"flite\": \"1 ns\"}}"),
            "e.json:2:3: link: no such parameter: \"flite\"; did you mean flight?");
  EXPECT_EQ(error_in(R"({"link": {"speed": "1 ns"}})"),
            "e.json:1:11: link: no such parameter: \"speed\"; try flight, bandwidth, header or "
            "preset");
}

TEST(Json, RefusesABareNumberWhereAUnitBelongs) {
  EXPECT_EQ(error_in("{\"link\": {\n  \"flight\": 150}}"),
            "e.json:2:13: link.flight: 150 has no unit; write a time with its unit, as in "
            "\"130 ns\"");
  EXPECT_EQ(error_in(R"({"clients": [{}, {"sizes": ["1 B", "64"]}]})"),
            "e.json:1:36: clients.1.sizes.1: \"64\" has no unit; write a size with its unit, as in "
            "\"64 B\"");
  EXPECT_EQ(error_in(R"({"clock": true})"),
            "e.json:1:11: clock: true is not a frequency; write a frequency with its unit, as in "
            "\"3.5 GHz\"");
}

TEST(Json, RefusesEachWrongType) {
  const std::string whole = "; write one without quotes, as in 16";
  EXPECT_EQ(error_in(R"({"cores": "4"})"),
            "e.json:1:11: cores: \"4\" is not a whole number" + whole);
  EXPECT_EQ(error_in(R"({"cores": 1.5})"), "e.json:1:11: cores: 1.5 is not a whole number" + whole);
  EXPECT_EQ(error_in(R"({"cores": null})"),
            "e.json:1:11: cores: null is not a whole number" + whole);
  EXPECT_EQ(error_in(R"({"turbo": 1})"),
            "e.json:1:11: turbo: 1 is not a switch; write true or false");
  EXPECT_EQ(error_in(R"({"share": "0.5"})"),
            "e.json:1:11: share: \"0.5\" is not a number; write one without quotes, as in 0.5");
  EXPECT_EQ(error_in(R"({"label": 7})"),
            "e.json:1:11: label: 7 is not text; write it in double quotes");
  EXPECT_EQ(error_in(R"({"memory": 7})"),
            "e.json:1:12: memory: 7 is not one of the choices; try uc, wc or wt");
  EXPECT_EQ(error_in(R"({"memory": "wb"})"),
            "e.json:1:12: memory: \"wb\" is not a choice; try uc, wc or wt");
  EXPECT_EQ(error_in(R"({"cores": [1]})"),
            "e.json:1:11: cores: found a list; write a single value: whole number");
  EXPECT_EQ(error_in(R"({"link": "fast"})"),
            "e.json:1:10: link: found a single value; write an object, as in { ... }");
  EXPECT_EQ(error_in(R"({"clients": {}})"),
            "e.json:1:13: clients: found an object; write a list, as in [ ... ]");
  EXPECT_EQ(error_in("[]"), "e.json:1:1: found a list; write an object, as in { ... }");
}

TEST(Json, RefusesNumbersThatDoNotFit) {
  EXPECT_EQ(machine_in(R"({"cores": 1e6})").cores, 1'000'000);
  EXPECT_EQ(error_in(R"({"cores": 9223372036854775808})"),
            "e.json:1:11: cores: 9223372036854775808 is too large; stay at or below "
            "9223372036854775807");
  EXPECT_EQ(error_in(R"({"seed": -1})"), "e.json:1:10: seed: -1 is negative; write zero or more");
  EXPECT_EQ(error_in(R"({"nice": -2147483649})"),
            "e.json:1:10: nice: -2147483649 is too small; stay at or above -2147483648");
  EXPECT_EQ(error_in(R"({"share": 1e308})"),
            "e.json:1:11: share: 1e+308 is too large; stay within -1e18 and 1e18");
  EXPECT_EQ(error_in(R"({"link": {"flight": "-1 ns"}})"),
            "e.json:1:21: link.flight: \"-1 ns\" is negative; write a time of zero or more");
}

TEST(Json, AppliesTheRulesBesideAStruct) {
  EXPECT_EQ(error_in("{\"clients\": [{},\n {\"rate\": \"0 /s\"}]}"),
            "e.json:2:11: clients.1.rate: this client never sends; write more than 0 /s");
}

TEST(Json, StaysOnOneLineWhateverANameHolds) {
  EXPECT_EQ(error_in(R"({"costs": {"a\nb": 3}})"),
            "e.json:1:20: costs.a?b: 3 has no unit; write a time with its unit, as in \"130 ns\"");
  EXPECT_LT(error_in("{\"costs\": {\"" + std::string(10'000, 'x') + "\": 3}}").size(), 200U);
}

TEST(Json, NamesTheOverrideThatIsWrong) {
  Document document = Document::parse("{}", "e.json");
  apply_override(document, "link.flight=150");
  try {
    read<Machine>(document);
    FAIL() << "a bare number was accepted";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "--set link.flight=150: link.flight: 150 has no unit; write a time with its unit, "
                 "as in \"130 ns\"");
  }
}

TEST(Json, PlacesAnErrorThatKnowsOnlyItsPath) {
  const Document document = Document::parse("{\"link\":\n {\"flight\": \"0 ns\"}}", "e.json");
  const ConfigError error("flight", "nothing travels in no time", "write more than 0 ns");
  EXPECT_STREQ(document.root().at("link").locate(error).what(),
               "e.json:2:13: link.flight: nothing travels in no time; write more than 0 ns");
}

struct Latency {
  std::vector<Duration> samples;
};

struct LatencySummary {
  std::int64_t count = 0;
  Duration highest{};

  static void describe(auto&& stat) {
    stat(&LatencySummary::count, "count", "samples");
    stat(&LatencySummary::highest, "max", "the longest");
  }
};

LatencySummary described(const Latency& latency) {
  return {.count = static_cast<std::int64_t>(latency.samples.size()),
          .highest = latency.samples.empty() ? Duration{} : latency.samples.back()};
}

struct Stats {
  Latency latency;
  Duration busy{};
  Time last{};
  double mean = std::numeric_limits<double>::quiet_NaN();

  static void describe(auto&& stat) {
    stat(&Stats::latency, "latency", "from arrival to answer");
    stat(&Stats::busy, "busy", "time the wire was occupied");
    stat(&Stats::last, "last", "when the last one came");
    stat(&Stats::mean, "mean", "undefined without samples");
  }
};

TEST(Json, WritesAStatisticAsWhatSummarisesIt) {
  Stats stats;
  stats.latency.samples = {1ns, 5ns};
  stats.last = Time{3us};
  EXPECT_EQ(write(stats).dump(),
            R"({"latency":{"count":2,"max":"5 ns"},"busy":"0 ps","last":"3 us","mean":null})");
}

}  // namespace
}  // namespace sim
