// SPDX-License-Identifier: Apache-2.0
#include "sim/table.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <regex>

#include "sim/json_sample.h"
#include "sim/schema.h"

namespace sim {
namespace {

using sample::Client;
using sample::Link;
using sample::Machine;

struct WireStats {
  std::int64_t packets = 0;
  Duration busy{};

  static void describe(auto&& stat) {
    stat(&WireStats::packets, "packets", "handed to the wire");
    stat(&WireStats::busy, "busy", "time the wire was occupied by packets of any kind");
  }
};

TEST(Table, ListsEveryParameterWithItsDottedPath) {
  std::string paths;
  for (const Row& row : table<Machine>()) paths += row.path + ' ';
  EXPECT_EQ(paths,
            "turbo cores seed nice share label memory clock decode link.flight link.bandwidth "
            "link.header timeout spare.flight spare.bandwidth spare.header clients[].rate "
            "clients[].sizes costs ");
}

TEST(Table, IsAlignedAndWrappedForATerminal) {
  EXPECT_EQ(parameters_as_text(table<Link>(), 24),
            "name       type       default  range              tag\n"
            "flight     time       130 ns   90 ns .. 180 ns    A\n"
            "    one way\n"
            "    source: a guess\n"
            "bandwidth  bandwidth  16 GB/s  2 GB/s .. 64 GB/s  P\n"
            "    one direction\n"
            "    source: its\n"
            "    datasheet\n"
            "header     size       24 B     16 B .. 32 B       S\n"
            "    bytes besides the\n"
            "    payload\n"
            "    source: in a talk\n");
}

TEST(Table, ShowsThePresetItIsGiven) {
  EXPECT_EQ(table(sample::slow())[0].fallback, "1 us");
  EXPECT_EQ(table(sample::slow())[1].fallback, "1.25 GB/s");
}

TEST(Table, IsMarkdownForReadmes) {
  EXPECT_EQ(parameters_as_markdown({table<Machine>()[6]}),
            "| name | type | default | range | tag | meaning | source |\n"
            "| --- | --- | --- | --- | --- | --- | --- |\n"
            "| `memory` | uc\\|wc\\|wt | wt |  | S | how the queue is mapped | in a talk |\n");
  EXPECT_EQ(statistics_as_markdown(table<WireStats>()),
            "| name | unit | meaning |\n"
            "| --- | --- | --- |\n"
            "| `packets` | whole number | handed to the wire |\n"
            "| `busy` | time | time the wire was occupied by packets of any kind |\n");
}

TEST(Table, OfStatisticsHangsTheMeaningBesideTheName) {
  EXPECT_EQ(statistics_as_text(table<WireStats>(), 50),
            "name     unit          meaning\n"
            "packets  whole number  handed to the wire\n"
            "busy     time          time the wire was occupied\n"
            "                       by packets of any kind\n");
}

TEST(Table, IsJsonForPrograms) {
  Json rows;
  rows_to_json(table<Client>(), rows);
  EXPECT_EQ(rows[0].dump(),
            R"({"path":"rate","type":"rate","default":"1 k/s","range":"1 /s .. 1 M/s","tag":"C",)"
            R"("source":"the experiment's load","meaning":"requests sent"})");
  EXPECT_EQ(rows[1]["default"], R"(["64 B"])");
  EXPECT_EQ(rows_as_json({}), "[]\n");
}

TEST(Schema, DescribesEachParameterForAnEditor) {
  EXPECT_EQ(
      schema<Link>()["properties"]["flight"].dump(),
      R"({"type":"string","pattern":"^[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)? *(s|ms|us|ns|ps)$",)"
      R"("examples":["130 ns"],"description":"one way. Range: 90 ns to 180 ns. Source (A): a )"
      R"(guess","default":"130 ns"})");
  EXPECT_EQ(schema<Link>()["properties"]["preset"]["enum"].dump(), R"(["slow"])");
}

TEST(Schema, MirrorsTheShapeOfTheStruct) {
  const Json machine = schema<Machine>();
  const Json& properties = machine["properties"];
  EXPECT_EQ(machine["$schema"], "http://json-schema.org/draft-07/schema#");
  EXPECT_EQ(machine["additionalProperties"], false);
  EXPECT_EQ(properties["memory"]["enum"].dump(), R"(["uc","wc","wt"])");
  EXPECT_EQ(properties["seed"]["minimum"], 0);
  EXPECT_EQ(properties["link"]["properties"]["header"]["default"], "24 B");
  EXPECT_EQ(properties["timeout"]["anyOf"][1]["type"], "null");
  EXPECT_EQ(properties["clients"]["items"]["properties"]["sizes"]["items"]["type"], "string");
  EXPECT_EQ(properties["costs"]["additionalProperties"]["type"], "string");
  EXPECT_EQ(properties["$schema"]["type"], "string");
  EXPECT_EQ(properties["link"]["properties"]["about"]["type"], "string");
  EXPECT_FALSE(properties["link"]["properties"].contains("$schema"));
}

TEST(Schema, AcceptsTheUnitsThatTheReaderAccepts) {
  const Json properties = schema<Machine>()["properties"];
  const std::regex clock(properties["clock"]["pattern"].get<std::string>());
  EXPECT_TRUE(std::regex_match("3.5 GHz", clock));
  EXPECT_TRUE(std::regex_match("3500MHz", clock));
  EXPECT_FALSE(std::regex_match("3.5", clock));
  EXPECT_FALSE(std::regex_match("3.5 ghz", clock));
}

}  // namespace
}  // namespace sim
