// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "experiments/calibration/calibrate.h"
#include "sim/config_error.h"
#include "sim/document.h"
#include "sim/json.h"

namespace calibration {
namespace {

using namespace std::chrono_literals;

/// What a machine that we know would have been measured as, to a hundredth of a nanosecond.
Measurements measured_on(const experiments::MachineParams& machine,
                         const std::vector<std::string>& values,
                         const std::vector<std::string>& fit, const std::string& error = "1 ns") {
  Measurements m{.fit = fit};
  for (const auto& [name, value] : microbenchmarks(machine, Bench::kHardware))
    if (std::ranges::find(values, name) != values.end())
      m.measurements.push_back(
          {.value = name, .measured = fmt::format("{:.3f} ns", value), .error = error});
  return m;
}

std::size_t index_of(const Calibration& c, const std::string& path) {
  const auto at = std::ranges::find(c.factors, path, &influence::Factor::path);
  EXPECT_NE(at, c.factors.end()) << path;
  return static_cast<std::size_t>(at - c.factors.begin());
}

const Identified& found_of(const Calibration& c, const std::string& path) {
  return c.identification.parameters[index_of(c, path)];
}

double fitted(const Calibration& c, const std::string& path) {
  const std::size_t i = index_of(c, path);
  return c.factors[i].number_at(c.fit.x[static_cast<Eigen::Index>(i)]);
}

TEST(Calibrate, RecoversKnownParametersWithinTheirIntervals) {
  experiments::MachineParams machine;
  machine.pcie.link.flight = 150ns;
  machine.pcie.msix.delivery = 900ns;
  machine.host.core.mmio_store = 41ns;
  machine.nic.msix_ioctl = 280ns;
  const std::vector<std::string> fit{"machine.pcie.link.flight", "machine.pcie.msix.delivery",
                                     "machine.host.core.mmio_store", "machine.nic.msix_ioctl"};
  const Calibration c = calibrate(measured_on(
      machine, {"mmio_read_uc_ns", "mmio_write_uc_ns", "msix_send_ioctl_ns", "msix_end_to_end_ns"},
      fit));
  EXPECT_TRUE(c.fit.converged);
  EXPECT_NEAR(fitted(c, fit[0]), 150e3, 30);
  EXPECT_NEAR(fitted(c, fit[1]), 900e3, 300);
  EXPECT_NEAR(fitted(c, fit[2]), 41e3, 30);
  EXPECT_NEAR(fitted(c, fit[3]), 280e3, 30);
  for (const std::string& path : fit) {
    EXPECT_EQ(found_of(c, path).verdict, Verdict::kIdentified) << path;
    EXPECT_LT(found_of(c, path).half_width, 0.1) << path;
  }
  // A load crosses twice, so half a nanosecond of a flight of 90 is one error.
  EXPECT_NEAR(found_of(c, fit[0]).half_width, 1.96 * 0.5 / 90, 2e-4);
  EXPECT_LT(c.fit.chi_squared(), 1e-3);
}

TEST(Calibrate, NamesWhatTheMeasurementsCannotTell) {
  experiments::MachineParams machine;
  machine.pcie.link.flight = 150ns;
  const std::vector<std::string> fit{"machine.pcie.link.flight",
                                     "machine.pcie.endpoint.bar_to_mesh", "machine.nic.msix_ioctl"};
  const Calibration c = calibrate(measured_on(machine, {"mmio_read_uc_ns"}, fit));
  EXPECT_EQ(found_of(c, fit[2]).verdict, Verdict::kNoEffect);
  EXPECT_EQ(found_of(c, fit[0]).verdict, Verdict::kNotAlone);
  const std::string text = as_text(c);
  EXPECT_NE(text.find("NOT IDENTIFIED: trades off with machine.pcie.endpoint.bar_to_mesh"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("NOT IDENTIFIED: moves no measurement"), std::string::npos) << text;
  EXPECT_LT(std::abs(c.fit.residuals[0]), 0.01) << "together they can give what was measured";
}

TEST(Calibrate, KeepsItsBounds) {
  Measurements m{.measurements = {{.value = "mmio_write_uc_ns", .measured = "500 ns"}},
                 .fit = {"machine.host.core.mmio_store"}};
  const Calibration c = calibrate(m);
  EXPECT_EQ(c.fitted[0], c.factors[0].high_text);
  EXPECT_NE(as_text(c).find("AT ITS UPPER BOUND"), std::string::npos);
}

TEST(Calibrate, FitsTheKernelsCostsOnItsHost) {
  Measurements m;
  m.machine.host_kind = experiments::HostKind::kSkylake;
  const auto before = microbenchmarks(m.machine, Bench::kKernel);
  const double local =
      std::ranges::find(before, "message_local_ns", &std::pair<std::string, double>::first)->second;
  m.measurements = {{.value = "message_local_ns",
                     .measured = fmt::format("{:.3f} ns", local + 30),
                     .error = "2 ns"}};
  m.fit = {"machine.linux.wake_agent"};
  const Calibration c = calibrate(m);
  EXPECT_NEAR(c.after[0], local + 30, 0.1);
}

TEST(Calibrate, WritesAMachineThatReadsBack) {
  const auto document = sim::Document::parse(
      R"({"machine": {"pcie": {"link": {"flight": "140 ns"}}},
          "measurements": [{"value": "mmio_write_uc_ns", "measured": "44 ns"}],
          "fit": ["machine.host.core.mmio_store"]})",
      "mine.json");
  const Calibration c = calibrate(sim::read<Measurements>(document));
  const auto machine = sim::Document::parse(as_machine(c, document), "machine.json");
  const auto read = sim::read<experiments::MachineParams>(machine, "machine");
  EXPECT_EQ(read.pcie.link.flight, 140ns);
  EXPECT_EQ(read.host.core.mmio_store, 44ns);
}

std::string refusal(const Measurements& m) {
  try {
    calibrate(m);
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "nothing";
}

Measurements one(const std::string& value, const std::string& measured,
                 const std::string& error = {}, const std::vector<std::string>& fit = {}) {
  return {.measurements = {{.value = value, .measured = measured, .error = error}}, .fit = fit};
}

TEST(Calibrate, RefusesWhatItCannotUse) {
  EXPECT_EQ(refusal({}).substr(0, 28), "measurements: there are none");
  EXPECT_EQ(refusal(one("mmio_read_us_ns", "1 ns")),
            "measurements.0.value: no such value: \"mmio_read_us_ns\"; did you mean "
            "mmio_read_uc_ns?");
  EXPECT_EQ(refusal(one("mmio_read_uc_ns", "750")),
            "measurements.0.measured: \"750\" has no unit; write a time with its unit, as in \"130 "
            "ns\"");
  EXPECT_EQ(refusal(one("mmio_read_uc_ns", "1 ns", "0 ns")).substr(0, 28),
            "measurements.0: has no error");
  EXPECT_EQ(refusal(one("mmio_read_uc_ns", "1 ns", {}, {"system.agent.poll"})),
            "fit: \"system.agent.poll\" is not of the machine; name parameters below machine");
  EXPECT_EQ(refusal(one("mmio_read_uc_ns", "1 ns", {}, {"machine.host.sockets"})),
            "fit: \"machine.host.sockets\" has too few values to be fitted; set it under "
            "\"machine\" and compare");
}

}  // namespace
}  // namespace calibration
