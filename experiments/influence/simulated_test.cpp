// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "experiments/influence/flip.h"
#include "experiments/influence/morris.h"
#include "experiments/influence/sobol.h"
#include "experiments/influence/tornado.h"
#include "sim/config_error.h"
#include "sim/document.h"
#include "sim/parameters.h"

namespace influence {
namespace {

using experiments::Point;

std::vector<Point> points_of(const std::string& json) {
  return experiments::expand(sim::Document::parse(json, "e.json"));
}

/// Nothing in it is random, and it takes milliseconds.
std::vector<Point> microbenchmarks() {
  return points_of(R"({"run": {"measure": "hardware", "replications": 1}})");
}

std::string refusal(const auto& attempt) {
  try {
    attempt();
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "nothing";
}

Simulated simulated(const std::string& claim, const std::vector<Point>& points,
                    const std::vector<Factor>& factors) {
  const Conclusion c =
      claim.find_first_of("<>") == std::string::npos ? read_value(claim) : read_claim(claim);
  return {c, points_for(c, points), factors, {}};
}

TEST(Conclusion, IsWrittenInWords) {
  EXPECT_EQ(read_value("p99_us").text(), "p99_us");
  EXPECT_EQ(read_value(" nic  p99_us").text(), "nic p99_us");
  EXPECT_EQ(read_value("a/b p99_us").text(), "a/b p99_us");
  EXPECT_EQ(read_value("a - b p99_us").text(), "a - b p99_us");
  EXPECT_EQ(read_claim("a > b p99_us").text(), "a/b p99_us > 1");
  EXPECT_EQ(read_claim("a/b p99_us < 1.5").text(), "a/b p99_us < 1.5");
  EXPECT_EQ(read_claim("p99_us > 3").text(), "p99_us > 3");
  for (const char* wrong : {"", "a b c", "a/ v", "/b v", "a + b v", "a b c d e"})
    EXPECT_THROW(read_value(wrong), sim::ConfigError) << wrong;
  for (const char* wrong : {"", "v", "a/b v", "a > b", "a = b v", "v > x"})
    EXPECT_THROW(read_claim(wrong), sim::ConfigError) << wrong;
  EXPECT_EQ(refusal([] { read_claim("a ~ b v"); }),
            "--flip: \"a ~ b v\" is no claim; write one as in 'wave_16 > on_host saturation_krps'");
}

TEST(Conclusion, ComparesReplicationByReplication) {
  sim::Replications a;
  sim::Replications b;
  for (const auto& [r, x] : {std::pair{0, 2.0}, {1, 30.0}}) {
    a.add(static_cast<std::uint64_t>(r), x);
    b.add(static_cast<std::uint64_t>(r), x / 2);
  }
  const auto value_of = [&](const std::string& variant) { return variant == "a" ? a : b; };
  EXPECT_EQ(evaluate(read_value("a/b v"), value_of)->values().at(1), 2);
  EXPECT_EQ(evaluate(read_value("a - b v"), value_of)->values().at(1), 15);
  EXPECT_EQ(evaluate(read_claim("a > b v"), value_of)->values().at(0), 1);
  EXPECT_EQ(evaluate(read_claim("a/b v < 1.5"), value_of)->values().at(0), -0.5);
  EXPECT_FALSE(evaluate(read_value("v"), [](const auto&) { return sim::Replications{}; }));
}

TEST(Conclusion, NamesVariantsThatStandForOnePoint) {
  const auto points = points_of(R"({"variants": {"a": {}, "b": {"system": {"workers": 8}}}})");
  EXPECT_EQ(points_for(read_value("a/b v"), points).size(), 2u);
  EXPECT_EQ(points_for(read_value("a/a v"), points).size(), 1u);
  EXPECT_EQ(refusal([&] { points_for(read_value("aa v"), points); }),
            "no such variant: \"aa\"; try a or b");
  EXPECT_EQ(refusal([&] { points_for(read_value("v"), points); }),
            "the value names no variant of the experiment; write one before it: a or b");
  const auto swept = points_of(R"({"sweep": {"system.workers": [8, 9]}})");
  EXPECT_EQ(refusal([&] { points_for(read_value("v"), swept); }),
            "stands for 2 points of a sweep; leave one of each list, as in --set "
            "'sweep.system.workers=[16]'");
}

std::vector<std::string> paths_of(const std::vector<Factor>& factors) {
  std::vector<std::string> paths;
  for (const Factor& factor : factors) paths.push_back(factor.path);
  return paths;
}

bool has(const std::vector<Factor>& factors, const std::string& path) {
  return std::ranges::find(factors, path, &Factor::path) != factors.end();
}

TEST(Factors, AreWhatIsAssumedOrRecalledAndCanMatter) {
  const auto of_a_machine = factors_of(microbenchmarks(), {});
  EXPECT_TRUE(has(of_a_machine, "machine.pcie.link.flight"));
  EXPECT_FALSE(has(of_a_machine, "system.agent.poll"));
  EXPECT_FALSE(has(of_a_machine, "machine.skylake.core.clock"));
  for (const Factor& factor : of_a_machine) {
    EXPECT_TRUE(factor.tag == 'A' || factor.tag == 'R') << factor.path;
    EXPECT_LE(factor.low, factor.high) << factor.path;
  }
  const auto of_a_server = factors_of(points_of("{}"), {});
  EXPECT_TRUE(has(of_a_server, "system.agent.poll"));
  EXPECT_FALSE(std::ranges::any_of(of_a_server, [](const Factor& factor) {
    return factor.path.starts_with("memory.") || factor.path.starts_with("vm.");
  }));
}

TEST(Factors, OfEveryKindGoWhereTheyAreSent) {
  Point point = points_of("{}").front();
  sim::for_each_parameter<experiments::ExperimentParams>(
      point.params, [&](const sim::Parameter& parameter) {
        if (!parameter.is_number()) return;
        const double middle = (parameter.low() + parameter.high()) / 2;
        parameter.set_number(middle);
        EXPECT_NEAR(parameter.number(), middle, 0.51) << parameter.path();
      });
}

TEST(Factors, ThatHavePowersOfTwoGoToTheNearest) {
  const auto points = microbenchmarks();
  const std::string path = "machine.pcie.link.max_payload";
  const Factor factor = factors_of(points, {path}).front();
  EXPECT_EQ(text_at(points.front(), factor, 0.29), "256 B")
      << "128 B times 32 to the power of 0.29";
  EXPECT_EQ(text_at(points.front(), factor, 0.31), "512 B") << "less than 384 B, but nearer so";
  EXPECT_EQ(text_at(points.front(), factor, 1), "4 KiB");
}

TEST(Factors, AreNotWhatIsComparedNorWhatIsUnknown) {
  const auto points = points_of(
      R"({"variants": {"a": {}, "b": {"machine": {"pcie": {"link": {"flight": "100 ns"}}}}}})");
  EXPECT_FALSE(has(factors_of(points, {}), "machine.pcie.link.flight"));
  EXPECT_EQ(
      refusal([&] { factors_of(points, {"machine.pcie.link.flight"}); }),
      "machine.pcie.link.flight: differs between what is compared; vary a parameter that they "
      "have in common");
  EXPECT_EQ(refusal([&] { factors_of(points, {"machine.pcie.link.fligth"}); }),
            "--over: no such parameter with a range: \"machine.pcie.link.fligth\"; did you mean "
            "machine.pcie.link.flight?");
  EXPECT_EQ(paths_of(factors_of(points, {"machine.pcie.link.tags"})),
            std::vector<std::string>{"machine.pcie.link.tags"});
}

// A load crosses the link twice: 90 ns between the ends of its range are 180.
TEST(Simulated, ALoadTakesTwoFlights) {
  const auto points = microbenchmarks();
  const auto factors = factors_of(points, {"machine.pcie.link.flight"});
  const Tornado t = tornado(factors, simulated("mmio_read_uc_ns", points, factors));
  EXPECT_NEAR(t.bars[0].at_high->mean - t.bars[0].at_low->mean, 180, 1e-6);
  EXPECT_EQ(as_json(t, read_value("mmio_read_uc_ns")).substr(0, 1), "[");
}

TEST(Simulated, AValueThatNoRunHasIsRefused) {
  const auto points = microbenchmarks();
  const auto factors = factors_of(points, {"machine.pcie.link.flight"});
  EXPECT_EQ(refusal([&] { tornado(factors, simulated("mmio_red_uc_ns", points, factors)); }),
            "the experiment finds no value \"mmio_red_uc_ns\"; did you mean mmio_read_uc_ns?");
  const std::string all = refusal([&] { tornado(factors, simulated("speed", points, factors)); });
  const std::size_t at = all.find("mmio_read_uc_ns");
  EXPECT_NE(at, std::string::npos) << all;
  EXPECT_EQ(all.find("mmio_read_uc_ns", at + 1), std::string::npos) << "each once: " << all;
}

// One worker does some 70 thousand of these a second.
TEST(Simulated, TooFewWorkersAreOverloaded) {
  const auto points = points_of(R"({
      "run": {"warm_up": "1 ms", "length": "10 ms", "replications": 1},
      "system": {"workers": 4}, "workload": {"arrivals": {"rate": "150 k/s"}}})");
  const auto factors = factors_of(points, {"system.workers"});
  const Tornado t = tornado(factors, simulated("p50_us", points, factors));
  EXPECT_TRUE(t.bars[0].low_overloaded);
  EXPECT_FALSE(t.bars[0].high_overloaded);
}

const Elementary& effect_of(const Screening& screening, const std::string& path) {
  const auto found = std::ranges::find_if(screening.elementary,
                                          [&](const auto& e) { return e.factor.path == path; });
  return *found;
}

// All parameters at once: seven machines in eight are possible. Both ways of a load cross the link
// and the mesh.
TEST(Simulated, AScreeningOfAllParametersFindsWhatALoadTakes) {
  const auto points = microbenchmarks();
  const auto factors = factors_of(points, {});
  const Screening s = screen(factors, simulated("mmio_read_uc_ns", points, factors), 2, 1);
  EXPECT_NEAR(effect_of(s, "machine.pcie.link.flight").mean, 180, 1);
  EXPECT_NEAR(effect_of(s, "machine.pcie.endpoint.bar_to_mesh").mean, 140, 1);
  EXPECT_NEAR(effect_of(s, "machine.nic.caches.dram").mean, 55, 1);
  EXPECT_EQ(
      paths_of(highest(s, 2)),
      (std::vector<std::string>{"machine.pcie.link.flight", "machine.pcie.endpoint.bar_to_mesh"}));
}

/// Within twice the half of its interval.
void expect_near(const Share& share, double x) {
  EXPECT_NEAR(share.value, x, share.high - share.low);
  EXPECT_LT(share.high - share.low, 0.6);
}

// A load's time is a sum, so each part has the square of its move: 180, 140 and 55 ns.
TEST(Simulated, TheVarianceOfALoadIsDividedUpByTheSquaresOfItsParts) {
  const auto points = microbenchmarks();
  const auto factors = factors_of(
      points,
      {"machine.pcie.link.flight", "machine.pcie.endpoint.bar_to_mesh", "machine.nic.caches.dram"});
  const Decomposition d = decompose(factors, simulated("mmio_read_uc_ns", points, factors), 40, 1);
  constexpr double kAll = 180 * 180 + 140 * 140 + 55 * 55;
  ASSERT_EQ(d.indices[0].factor.path, "machine.pcie.link.flight");
  ASSERT_EQ(d.indices[2].factor.path, "machine.nic.caches.dram");
  EXPECT_NEAR(d.deviation, std::sqrt(kAll / 12), 5);
  std::size_t i = 0;
  for (const double move : {180, 140, 55}) {
    const SobolIndices& s = d.indices[i++];
    expect_near(s.first, move * move / kAll);
    expect_near(s.total, move * move / kAll);
  }
}

// 749.331 ns at 130 ns: 800 ns at 155.33 ns, within the last of the halved intervals.
TEST(Simulated, FindsTheFlightAtWhichALoadTakesMoreThan800Nanoseconds) {
  const auto points = microbenchmarks();
  const auto factors =
      factors_of(points, {"machine.pcie.link.flight", "machine.nic.msix_register"});
  const Conclusion claim = read_claim("mmio_read_uc_ns < 800");
  const Flips flips =
      find_flips(factors, simulated("mmio_read_uc_ns < 800", points, factors), {.halvings = 12});
  EXPECT_NEAR(flips.at_default.mean, 50.669, 1e-3);
  const Flip& flip = flips.flips.front();
  EXPECT_EQ(flip.factor.path, "machine.pcie.link.flight");
  EXPECT_NEAR(flip.factor.number_at(flip.place), 155'334, 6);
  EXPECT_EQ(flips.flips.back().kind, Flip::Kind::kNowhere);
  const std::string text = as_text(flips, claim, points.front(), 20);
  EXPECT_NE(text.find("holds by 50.67; one replication: nothing says what chance does"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("nowhere in [50 ns, 200 ns]"), std::string::npos) << text;
  const std::string first = as_text(flips, claim, points.front(), 1);
  EXPECT_EQ(first.find("nowhere"), std::string::npos) << first;
  EXPECT_TRUE(first.ends_with("\n1 more: --most shows them, --json has all\n")) << first;
}

}  // namespace
}  // namespace influence
