// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/survival.h"

#include <gtest/gtest.h>
#include <map>

namespace influence {
namespace {

std::vector<Factor> two_factors() {
  return {{.path = "x", .low_text = "0", .high_text = "1", .at_default = 0.5},
          {.path = "y", .low_text = "0", .high_text = "1", .at_default = 0.5}};
}

/// A claim's margin from the places, and how far replications lie apart.
JointModel joint_margin(auto f, double noise, std::map<int, std::size_t>* asked = nullptr) {
  return [=](const std::vector<Places>& all, int replications) {
    if (asked != nullptr) (*asked)[replications] += all.size();
    std::vector<Answers> answers;
    for (const Places& places : all) {
      sim::Replications runs;
      for (int r = 0; r < replications; ++r)
        runs.add(
            static_cast<std::uint64_t>(r),
            f(places[0].value_or(0.5), places[1].value_or(0.5)) + (r % 2 == 0 ? noise : -noise));
      answers.push_back({Answer(runs)});
    }
    return answers;
  };
}

Fate fate(const Survival& survival, std::size_t factor, std::size_t end) {
  return survival.trials[factor].ends[end].front().fate;
}

TEST(Survival, FindsTheEndAtWhichAClaimIsBroken) {
  const Survival s =
      try_ends(two_factors(), joint_margin([](double x, double) { return x - 0.2; }, 0));
  EXPECT_EQ(s.at_default.front().fate, Fate::kHolds);
  EXPECT_EQ(fate(s, 0, 0), Fate::kBroken);
  EXPECT_EQ(fate(s, 0, 1), Fate::kHolds);
  EXPECT_TRUE(s.trials[0].matters);
  EXPECT_FALSE(s.trials[1].matters);
}

// Three runs that lie 0.05 off the truth either way have an interval of +- 0.33 at 99 %, nine one
// of +- 0.06: 0.2 is then decided, 0.01 is not.
TEST(Survival, LooksLongerAtWhatChanceMayHaveDone) {
  std::map<int, std::size_t> asked;
  const auto f = [](double x, double y) { return 1 - 1.6 * (x - 0.5) - 1.98 * (y - 0.5); };
  const Survival s = try_ends(two_factors(), joint_margin(f, 0.05, &asked));
  EXPECT_EQ(fate(s, 0, 1), Fate::kHolds);
  EXPECT_EQ(fate(s, 1, 1), Fate::kOpen);
  EXPECT_EQ(s.trials[0].ends[1].front().margin.n, 9u);
  EXPECT_EQ(s.trials[0].ends[0].front().margin.n, 3u) << "1.8 is plain at once";
  EXPECT_EQ(asked, (std::map<int, std::size_t>{{1, 5}, {3, 4}, {9, 3}}));
}

TEST(Survival, KnowsEndsWithoutAMachine) {
  const JointModel model = [](const std::vector<Places>& all, int replications) {
    std::vector<Answers> answers;
    for (const Places& places : all) {
      sim::Replications runs;
      for (int r = 0; r < replications; ++r) runs.add(static_cast<std::uint64_t>(r), 1);
      answers.push_back({places[0] == 0.0 ? Answer{} : Answer(runs)});
    }
    return answers;
  };
  const Survival s = try_ends(two_factors(), model);
  EXPECT_EQ(fate(s, 0, 0), Fate::kImpossible);
  EXPECT_EQ(fate(s, 0, 1), Fate::kHolds);
}

TEST(Survival, CountsEndsWithoutAMachineAndThoseThatFailedApartFromThoseItSurvives) {
  const Conclusion claim = read_claim("v > 1", "claims");
  const auto trial = [](Fate low, Fate high) {
    return Trial{
        .factor = two_factors()[0], .matters = true, .ends = {{{{.fate = low}}, {{.fate = high}}}}};
  };
  StudyResult result{.study = {.experiment = "e", .how = "", .findings = {{"f", {"v > 1"}}}},
                     .claims = {{claim}},
                     .survival = {}};
  result.survival.at_default = {{.fate = Fate::kHolds}};
  result.survival.trials = {
      trial(Fate::kHolds, Fate::kImpossible), trial(Fate::kImpossible, Fate::kFailed),
      trial(Fate::kOverloaded, Fate::kFailed), trial(Fate::kHolds, Fate::kHolds)};
  const std::string text = as_markdown({result});
  EXPECT_NE(text.find("| overloaded | a run failed | no such machine | survives |"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("(v > 1) | 0 | 0 | 1 | 1 | 1 | 1 | 0 |"), std::string::npos) << text;
}

TEST(Survival, TellsOverloadFromWhatItWouldSay) {
  for (const bool at_default : {false, true}) {
    const JointModel model = [&](const std::vector<Places>& all, int replications) {
      std::vector<Answers> answers;
      for (const Places& places : all) {
        sim::Replications values;
        for (int r = 1; r <= replications; ++r)
          values.add(static_cast<std::uint64_t>(r), places[0] == 1.0 ? -1 + 1e-3 * r : 1e-3 * r);
        answers.push_back({Answer(values)});
        answers.back().front().overloaded = at_default || places[0] == 1.0;
      }
      return answers;
    };
    const Survival s = try_ends(two_factors(), model);
    EXPECT_EQ(fate(s, 0, 1), at_default ? Fate::kBroken : Fate::kOverloaded);
  }
}

TEST(Survival, TellsARunThatFailedFromNoMachine) {
  const JointModel model = [](const std::vector<Places>& all, int) {
    std::vector<Answers> answers(all.size(), Answers(1));
    for (std::size_t i = 0; i < all.size(); ++i) answers[i][0].failed = all[i][0] == 1.0;
    return answers;
  };
  const Survival s = try_ends(two_factors(), model);
  EXPECT_EQ(fate(s, 0, 0), Fate::kImpossible);
  EXPECT_EQ(fate(s, 0, 1), Fate::kFailed);
}

// A load across PCIe takes 749 ns; half of what differs between the ends of the flight's range is
// more than the 51 ns that are left to 800.
TEST(Survival, TellsWhichInputBreaksWhichConclusion) {
  const auto points = experiments::expand(
      sim::Document::parse(R"({"run": {"measure": "hardware", "replications": 1}})", "e.json"));
  const FindingStudy study{.experiment = "e",
                           .how = "measured",
                           .findings = {{"loads are short", {"mmio_read_uc_ns < 800"}},
                                        {"loads are long", {"mmio_read_uc_ns > 500"}}}};
  const std::vector<StudyResult> results{
      try_study(study, points, {"machine.pcie.link.flight", "machine.nic.msix_register"}, {})};
  const std::string text = as_markdown(results);
  EXPECT_NE(text.find("| e | loads are short | holds: 749.3 (mmio_read_uc_ns < 800) | 1 | 0 | 0 | "
                      "0 | 0 | 0 | 1 |"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("| e | loads are long | holds: 749.3 (mmio_read_uc_ns > 500) | 0 | 0 | 0 | 0 "
                      "| 0 | 1 | 1 |"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("| 180 ns | e | loads are short | broken | 849.3 (mmio_read_uc_ns < 800) |"),
            std::string::npos)
      << text;
  EXPECT_NE(as_json(results).find("\"fate\": \"broken\""), std::string::npos);
}

}  // namespace
}  // namespace influence
