// SPDX-License-Identifier: Apache-2.0
#include "experiments/regress/sensitivity.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace experiments {
namespace {

Effect effect(const std::string& ratio, const std::string& path, std::optional<double> at_high) {
  return {.path = path,
          .tag = 'A',
          .low = "1 ns",
          .high = "2 ns",
          .ratio = ratio,
          .at_default = 2,
          .at_low = 1.75,
          .at_high = at_high};
}

TEST(Sensitivity, IsTheLargerOfTheTwoMovesRelativeToTheDefault) {
  EXPECT_DOUBLE_EQ(effect("r", "p", 2.5).size(), 0.25);
  EXPECT_DOUBLE_EQ(effect("r", "p", 2.125).size(), 0.125);
}

TEST(Sensitivity, LeavesOutAnEndAtWhichThereIsNoMachine) {
  EXPECT_DOUBLE_EQ(effect("r", "p", std::nullopt).size(), 0.125);
  EXPECT_EQ(effects_as_markdown({effect("r", "p", std::nullopt)}, 5),
            "| ratio | parameter | tag | range | default | at low | at high | moves by |\n"
            "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
            "| r | p | A | 1 ns .. 2 ns | 2.000 | 1.750 | - | 12.5 % |\n");
}

TEST(Sensitivity, AsJsonHasAllOfThem) {
  const auto json =
      nlohmann::json::parse(effects_as_json({effect("r", "p", std::nullopt), effect("r", "q", 3)}));
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0].at("path"), "p");
  EXPECT_TRUE(json[0].at("at_high").is_null());
  EXPECT_EQ(json[1].at("at_high"), 3);
  for (const char* name : {"tag", "low", "high", "ratio", "at_default", "at_low"})
    EXPECT_TRUE(json[1].contains(name)) << name;
}

TEST(Sensitivity, LeavesOutWhatOnlyOneSystemHas) {
  const auto folder =
      std::filesystem::path(testing::TempDir()) / ("sensitivity_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "targets.json") << R"({"targets": [{"id": "gain", "tag": "R", "from":
      {"experiment": "e", "value": "saturation_krps", "variant": "a", "over": "b"}}]})";
  std::ofstream(folder / "e.json") << R"({"variants": {"a": {"rpc": {}}, "b": {}}})";
  const std::atomic<bool> stop{true};  // before anything is run
  EXPECT_TRUE(sensitivity({.folder = folder.string(), .runner = {.stop = &stop}}).empty());
  std::filesystem::remove_all(folder);
}

TEST(Sensitivity, ShowsTheFirstOfEachRatio) {
  const std::string text =
      effects_as_text({effect("a", "p1", 3), effect("a", "p2", 3), effect("b", "p3", 3)}, 1);
  EXPECT_NE(text.find("p1"), std::string::npos);
  EXPECT_EQ(text.find("p2"), std::string::npos);
  EXPECT_NE(text.find("p3"), std::string::npos);
}

}  // namespace
}  // namespace experiments
