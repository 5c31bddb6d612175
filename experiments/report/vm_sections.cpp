// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include "experiments/report/charts.h"
#include "experiments/report/figure.h"
#include "experiments/report/html.h"
#include "experiments/report/readings.h"
#include "experiments/report/sections.h"

// E6: what virtual machines gain without the host's ticks, and why.

namespace report {
namespace {

using experiments::PointResult;

constexpr const char* kBusy = "busy vCPUs of 128";

class VmResults {
 public:
  explicit VmResults(const std::vector<PointResult>& results) : results_(results) {}

  Curve value(const std::string& name, const std::string& variant, const std::string& value) const {
    Curve curve{name, {}};
    for (const PointResult& result : results_)
      if (result.point.variant == variant) add(curve, result, result.value(value));
    return curve;
  }

  /// How much faster, in per cent, the guests of `variant` run than those of `over`.
  Curve gain(const std::string& name, const std::string& variant, const std::string& over) const {
    Curve curve{name, {}};
    for (const PointResult& result : results_) {
      if (result.point.variant != variant) continue;
      if (const PointResult* below = find(over, result.point.swept))
        add(curve, result, per_cent(throughput(result), throughput(*below)));
    }
    return curve;
  }

 private:
  static sim::Replications throughput(const PointResult& result) {
    return result.value("throughput_ginstr");
  }

  static sim::Replications per_cent(const sim::Replications& above,
                                    const sim::Replications& below) {
    sim::Replications gain;
    for (const auto& [replication, value] : above.values())
      if (const auto other = below.values().find(replication);
          other != below.values().end() && other->second > 0)
        gain.add(replication, 100 * (value / other->second - 1));
    return gain;
  }

  static void add(Curve& curve, const PointResult& result, const sim::Replications& values) {
    if (values.count() == 0) return;
    curve.points.push_back(
        {static_cast<double>(result.point.params.vm.busy), reading_of(values.estimate())});
  }

  const PointResult* find(const std::string& variant,
                          const std::vector<std::pair<std::string, std::string>>& swept) const {
    for (const PointResult& result : results_)
      if (result.point.variant == variant && result.point.swept == swept) return &result;
    return nullptr;
  }

  const std::vector<PointResult>& results_;
};

std::string chart(const std::string& title, const std::string& description,
                  const std::string& y_label, std::vector<Curve> curves) {
  std::erase_if(curves, [](const Curve& curve) { return curve.points.empty(); });
  return figure(CurveChart{.caption = {title, description},
                           .x_label = kBusy,
                           .y_label = y_label,
                           .curves = std::move(curves),
                           .y_scale = Axis::Scale::kLinear});
}

}  // namespace

std::string virtual_machines(const Findings& f) {
  const auto found = f.experiments.find("e6");
  if (found == f.experiments.end()) return {};
  const VmResults e6(found->second);
  const std::string drawings =
      chart("Gain of Wave, and the part that is turbo",
            "Curves over busy vCPUs: the whole gain, what sleeping cores add to the clock, and "
            "what is left of the gain when the clock is pinned.",
            "gain, %",
            {e6.gain("whole", "wave", "on_host"), e6.gain("turbo", "wave", "wave_free_ticks"),
             e6.gain("clock pinned", "wave_pinned", "on_host_pinned")}) +
      chart("What the host's own scheduling costs",
            "Curves over busy vCPUs: what moving the agent off its core gains, and what the "
            "ticks' work takes.",
            "gain, %",
            {e6.gain("agent's core", "wave_ticking", "on_host"),
             e6.gain("ticks' work", "wave_free_ticks", "wave_ticking")}) +
      chart("Clock of the cores", "Curves of the mean clock over busy vCPUs.", "GHz",
            {e6.value("On-Host", "on_host", "clock_ghz"), e6.value("Wave", "wave", "clock_ghz")}) +
      chart("Power of the socket", "Curves of the socket's power over busy vCPUs.", "W",
            {e6.value("On-Host", "on_host", "socket_w"), e6.value("Wave", "wave", "socket_w")});
  if (drawings.empty()) return {};
  return element("p",
                 "Busy loops on some vCPUs of a virtual machine that has a socket; instructions a "
                 "second, Wave against On-Host. The whole gain is the product of its parts: the "
                 "agent's core comes free, the ticks' work goes away, and cores that no tick wakes "
                 "are power-gated, which raises the clock of the others. The boost curve is "
                 "calibrated from published clocks; the gains are not.",
                 "class=\"dim\"") +
         element("div", drawings, "class=\"charts\"") + '\n';
}

}  // namespace report
