// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture_file.h"

#include <gtest/gtest.h>
#include <sstream>
#include <string>

#include "sim/config_error.h"

namespace workloads {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSmall = R"({
  "about": "made up",
  "operation": "get",
  "provenance": {"program": "by hand"},
  "samples": 3,
  "dropped": 1,
  "share_above_ten_medians": 0.0,
  "mean": "200 ns",
  "quantiles_ns": [[0, 100], [0.5, 200], [1, 300]]
})";

Capture parse(const std::string& text) {
  return read_capture(sim::Document::parse(text, "small.json"));
}

/// The small capture with one text in place of another.
std::string with(const std::string& old_text, const std::string& new_text) {
  std::string text = kSmall;
  return text.replace(text.find(old_text), old_text.size(), new_text);
}

std::string error_of(const std::string& text) {
  try {
    parse(text);
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(CaptureFile, HoldsWhatWasWritten) {
  const Capture capture = parse(kSmall);
  EXPECT_EQ(capture.operation, "get");
  EXPECT_EQ(capture.samples, 3);
  EXPECT_EQ(capture.dropped, 1);
  EXPECT_EQ(capture.mean, 200ns);
  ASSERT_EQ(capture.quantiles.size(), 3u);
  EXPECT_EQ(capture.quantiles[1].value, 200ns);
}

TEST(CaptureFile, WritesWhatItReadsBackTheSame) {
  const Capture capture = parse(kSmall);
  std::ostringstream first, second;
  write_capture(capture, first);
  write_capture(parse(first.str()), second);
  EXPECT_EQ(first.str(), second.str());
  EXPECT_EQ(parse(first.str()).provenance, capture.provenance);
}

struct Mistake {
  const char* old_text;
  const char* new_text;
  const char* where;  // file, line, path
  const char* part_of_message;
};

class CaptureMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(CaptureMistakes, AreRefusedWithTheirPlace) {
  const Mistake& m = GetParam();
  const std::string error = error_of(with(m.old_text, m.new_text));
  EXPECT_EQ(error.rfind(m.where, 0), 0u) << error;
  EXPECT_NE(error.find(m.part_of_message), std::string::npos) << error;
}

INSTANTIATE_TEST_SUITE_P(
    All, CaptureMistakes,
    testing::Values(
        Mistake{"[1, 300]", "[1, 199]", "small.json:9:", "falls in its time"},
        Mistake{"[0.5, 200]", "[0, 200]", "small.json:9:", "does not rise"},
        Mistake{"[0, 100]", "[0, 0]", "small.json:9:", "impossible time"},
        Mistake{"[0, 100]", "[0, 0.0009]", "small.json:9:", "impossible time"},
        Mistake{"[0, 100]", "[0, -1]", "small.json:9:", "impossible time"},
        Mistake{"[0, 100]", "[0.1, 100]", "small.json:9:", "has not all shares"},
        Mistake{"[1, 300]", "[0.9, 300]", "small.json:9:", "has not all shares"},
        Mistake{"[1, 300]", "[1.5, 300]", "small.json:9:", "shares go from 0 to 1"},
        Mistake{"[1, 300]", "[1, 2, 3]", "small.json:9:", "is not a pair"},
        Mistake{"[1, 300]", "[1, \"300\"]", "small.json:9:", "is not a pair"},
        Mistake{"[1, 300]", "[1, 1e300]", "small.json:9:", "impossible time"},
        Mistake{"200 ns\"", "300 ns\"", "small.json:8:", "is not that of the quantiles"},
        Mistake{"\"200 ns\"", "200", "small.json:8:", "ns"},
        Mistake{"\"200 ns\"", "\"0 ns\"", "small.json:8:", "not positive"},
        Mistake{"\"samples\": 3", "\"samples\": 1", "small.json:5:", "too few"},
        Mistake{"\"dropped\": 1", "\"dropped\": -1", "small.json:6:", "negative"},
        Mistake{"medians\": 0.0", "medians\": 1.5", "small.json:7:", "is not a share"},
        Mistake{"\"dropped\"", "\"droped\"", "small.json:6:", "dropped"},
        Mistake{"\"samples\": 3,", "", "small.json", "samples"},
        Mistake{"\"quantiles_ns\"", "\"quantiles_us\"", "small.json:9:", "quantiles_us"}));

TEST(CaptureFile, ShipsOneCaptureForEachOperation) {
  for (const std::string name : {"get", "range"}) {
    const auto file = std::string(WAVESIM_CAPTURES) + "/rocksdb_" + name + ".json";
    const Capture capture = read_capture(sim::Document::load(file));
    EXPECT_EQ(capture.operation, name);
    EXPECT_GE(capture.samples, 10'000);
    EXPECT_EQ(capture.provenance.at("blocks fetched while timing"), "0");
  }
}

TEST(Quantiles, OfSamplesReachFromTheLeastToTheGreatest) {
  std::vector<sim::Duration> samples;
  for (int i = 1'000; i >= 0; --i) samples.push_back(i * 1ns);
  const Quantiles quantiles = quantiles_of(samples);
  EXPECT_EQ(quantiles.front().value, 0ns);
  EXPECT_EQ(quantiles[500].p, 0.5);
  EXPECT_EQ(quantiles[500].value, 500ns);
  EXPECT_EQ(quantiles.back().value, 1'000ns);
}

/// The mean of the quantiles of one long sample among short ones, and that of the samples.
std::pair<double, double> means_with_one_long(int samples) {
  std::vector<sim::Duration> all(static_cast<std::size_t>(samples), 1us);
  all.back() = samples * 3us;  // three quarters of the sum
  return {sim::to_ns(sim::Empirical::of_quantiles(quantiles_of(all)).mean()),
          3'000 + 1'000 * (samples - 1.0) / samples};
}

TEST(Quantiles, KeepTheMeanWhereOneSampleIsMostOfIt) {
  for (const int samples : {2, 17, 436, 1'000, 1'499, 30'001, 200'000}) {
    const auto [of_quantiles, of_samples] = means_with_one_long(samples);
    EXPECT_NEAR(of_quantiles / of_samples, 1, 0.02) << samples;
  }
}

TEST(Quantiles, CutAtATimeAreThoseOfTheValuesUpToIt) {
  const Quantiles all{{0, 0ns}, {0.5, 100ns}, {1, 300ns}};
  // Up to 200 ns lie the first half and half of the second: two thirds and one third of what stays.
  const Quantiles cut = up_to(200ns, all);
  ASSERT_EQ(cut.size(), 3u);
  EXPECT_DOUBLE_EQ(cut[1].p, 2.0 / 3);
  EXPECT_EQ(cut[1].value, 100ns);
  EXPECT_EQ(cut[2].p, 1);
  EXPECT_EQ(cut[2].value, 200ns);
}

TEST(Quantiles, CutAtAQuantileEndThere) {
  const Quantiles cut = up_to(100ns, {{0, 0ns}, {0.5, 100ns}, {1, 300ns}});
  ASSERT_EQ(cut.size(), 2u);
  EXPECT_EQ(cut[1].p, 1);
}

TEST(Quantiles, CutAboveAllValuesStayAsTheyAre) {
  EXPECT_EQ(up_to(300ns, {{0, 0ns}, {1, 300ns}}).back().value, 300ns);
}

}  // namespace
}  // namespace workloads
