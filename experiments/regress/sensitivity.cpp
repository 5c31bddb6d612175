// SPDX-License-Identifier: Apache-2.0
#include "experiments/regress/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "experiments/measure/server_search.h"
#include "experiments/points/machine_file.h"
#include "experiments/regress/regress.h"
#include "experiments/system/stoppable.h"
#include "experiments/text/text_table.h"
#include "sim/config_error.h"
#include "sim/json_values.h"
#include "sim/parameters.h"
#include "workloads/service_times.h"

namespace experiments {
namespace {

/// A ratio of two systems' throughputs; a system is "experiment/variant".
struct Ratio {
  std::string id;
  std::string above;
  std::string below;
};

struct Varied {
  std::string path;
  char tag;
  std::string low;
  std::string high;
};

enum class End { kLow, kHigh };

std::string system_name(const TargetSource& from, const std::string& variant) {
  return from.experiment + '/' + variant;
}

std::vector<Ratio> ratios_in(const std::vector<Target>& targets) {
  std::vector<Ratio> ratios;
  for (const Target& target : targets)
    if (target.from && target.from->value == "saturation_krps" && !target.from->over.empty())
      ratios.push_back({.id = target.id,
                        .above = system_name(*target.from, target.from->variant),
                        .below = system_name(*target.from, target.from->over)});
  return ratios;
}

/// Assumed and recalled parameters, but for those in which the systems differ: these are what the
/// experiments ask about.
std::vector<Varied> varied_in(const std::vector<ExperimentParams>& systems) {
  std::vector<std::map<std::string, std::string>> texts;
  for (const ExperimentParams& params : systems) texts.push_back(sim::parameter_texts(params));
  ExperimentParams first = systems.front();
  std::vector<Varied> varied;
  sim::for_each_parameter<ExperimentParams>(first, [&](const sim::Parameter& parameter) {
    const sim::Tag tag = parameter.source().tag;
    if (tag != sim::Tag::kAssumed && tag != sim::Tag::kRecalled) return;
    for (const auto& other : texts) {
      const auto text = other.find(parameter.path());  // none: that system has no such part
      if (text == other.end() || text->second != parameter.text()) return;
    }
    varied.push_back({.path = parameter.path(),
                      .tag = static_cast<char>(tag),
                      .low = parameter.low_text(),
                      .high = parameter.high_text()});
  });
  return varied;
}

/// Says to what value.
std::string set_to_end(ExperimentParams& params, const std::string& path, End end) {
  std::string value;
  sim::for_each_parameter<ExperimentParams>(params, [&](const sim::Parameter& parameter) {
    if (parameter.path() != path) return;
    if (end == End::kLow) parameter.set_to_low();
    if (end == End::kHigh) parameter.set_to_high();
    value = parameter.text();
  });
  return value;
}

/// A short run under overload, as long as some number of services whatever they take.
void overload_briefly(ExperimentParams& params) {
  const auto service = workloads::make_service_times(params.workload.service, 1);
  params.run.measure = Measure::kLoad;
  params.run.replications = 1;
  params.run.warm_up = std::max<sim::Duration>(2ms, 100 * service->mean());
  params.run.length = std::max<sim::Duration>(5ms, 500 * service->mean());
  params.workload.arrivals.rate.per_second = overload(params);
}

/// All runs of a study, by name: "system" as it is, "system path low" with one parameter moved.
class Study {
 public:
  void add_system(const Point& point, const std::string& name) {
    if (std::ranges::find(systems_, name, &System::name) != systems_.end()) return;
    systems_.push_back({.name = name, .params = point.params});
    add_run(name, point.params, {}, name);
  }

  /// Moves one parameter in every system. An end at which no machine is possible has no runs.
  void vary(const std::string& path, End end) {
    for (const System& system : systems_) {
      ExperimentParams params = system.params;
      const std::string value = set_to_end(params, path, end);
      try {
        check(params);
        add_run(system.name, params, {{path, value}}, run_name(system.name, path, end));
      } catch (const sim::ConfigError&) {
        continue;
      }
    }
  }

  void run(const RunnerOptions& options) {
    for (const PointResult& result : run_points(points_, options)) {
      const sim::Replications found = result.value("throughput_krps");
      if (found.count() > 0) throughput_[result.point.key] = found.mean();
    }
  }

  std::optional<double> at_default(const Ratio& ratio) const {
    return divide(ratio.above, ratio.below);
  }
  std::optional<double> at(const Ratio& ratio, const std::string& path, End end) const {
    return divide(run_name(ratio.above, path, end), run_name(ratio.below, path, end));
  }
  std::vector<ExperimentParams> systems() const {
    std::vector<ExperimentParams> all;
    for (const System& system : systems_) all.push_back(system.params);
    return all;
  }

 private:
  struct System {
    std::string name;
    ExperimentParams params;
  };

  static std::string run_name(const std::string& system, const std::string& path, End end) {
    return system + ' ' + path + (end == End::kLow ? " low" : " high");
  }

  void add_run(const std::string& system, ExperimentParams params,
               std::vector<std::pair<std::string, std::string>> swept, const std::string& name) {
    overload_briefly(params);
    Point point;
    point.variant = system;
    point.swept = std::move(swept);
    point.params = std::move(params);
    resolve(point);
    keys_[name] = point.key;
    if (seen_.insert(point.key).second) points_.push_back(std::move(point));
  }

  /// Of a run by its name; none: no such machine, or it failed.
  std::optional<double> throughput(const std::string& name) const {
    const auto key = keys_.find(name);
    if (key == keys_.end()) return std::nullopt;
    const auto found = throughput_.find(key->second);
    return found == throughput_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<double> divide(const std::string& above, const std::string& below) const {
    const auto a = throughput(above);
    const auto b = throughput(below);
    if (!a || !b || *b == 0) return std::nullopt;
    return *a / *b;
  }

  std::vector<System> systems_;
  std::vector<Point> points_;
  std::set<std::string> seen_;               // their keys
  std::map<std::string, std::string> keys_;  // of runs by name
  std::map<std::string, double> throughput_;
};

void add_systems(Study& study, const std::vector<Target>& targets,
                 const SensitivityOptions& options) {
  for (const Ratio& ratio : ratios_in(targets))
    for (const std::string& name : {ratio.above, ratio.below}) {
      const auto slash = name.find('/');
      const std::string file = options.folder + '/' + name.substr(0, slash) + ".json";
      for (const Point& point :
           expand(sim::Document::load(file), options.settings, read_machine(options.machine)))
        if (point.variant == name.substr(slash + 1)) study.add_system(point, name);
    }
}

std::vector<Effect> effects_on(const Ratio& ratio, const std::vector<Varied>& varied,
                               const Study& study) {
  std::vector<Effect> effects;
  const auto at_default = study.at_default(ratio);
  if (!at_default) return effects;
  for (const Varied& v : varied)
    effects.push_back({.path = v.path,
                       .tag = v.tag,
                       .low = v.low,
                       .high = v.high,
                       .ratio = ratio.id,
                       .at_default = *at_default,
                       .at_low = study.at(ratio, v.path, End::kLow),
                       .at_high = study.at(ratio, v.path, End::kHigh)});
  std::ranges::stable_sort(effects, std::greater<>{}, &Effect::size);
  return effects;
}

}  // namespace

double Effect::size() const {
  const auto move = [this](const std::optional<double>& to) {
    return std::abs(to.value_or(at_default) - at_default) / at_default;
  };
  return std::max(move(at_low), move(at_high));
}

std::vector<Effect> sensitivity(const SensitivityOptions& options) {
  const std::vector<Target> targets = load_targets(options.folder + "/targets.json");
  Study study;
  add_systems(study, targets, options);
  if (study.systems().empty()) return {};
  const std::vector<Varied> varied = varied_in(study.systems());
  for (const Varied& v : varied) {
    if (is_set(options.runner.stop)) return {};
    for (const End end : {End::kLow, End::kHigh}) study.vary(v.path, end);
  }
  study.run(options.runner);

  std::vector<Effect> all;
  for (const Ratio& ratio : ratios_in(targets))
    for (Effect& effect : effects_on(ratio, varied, study)) all.push_back(std::move(effect));
  return all;
}

namespace {

std::string number_or_dash(const std::optional<double>& x) {
  return x ? fmt::format("{:.3f}", *x) : "-";
}

TextTable table_of(const std::vector<Effect>& effects, std::size_t most) {
  TextTable table(
      {"ratio", "parameter", "tag", "range", "default", "at low", "at high", "moves by"});
  std::map<std::string, std::size_t> shown;
  for (const Effect& e : effects)
    if (shown[e.ratio]++ < most)
      table.add({e.ratio, e.path, std::string(1, e.tag), e.low + " .. " + e.high,
                 number_or_dash(e.at_default), number_or_dash(e.at_low), number_or_dash(e.at_high),
                 fmt::format("{:.1f} %", 100 * e.size())});
  return table;
}

}  // namespace

std::string effects_as_text(const std::vector<Effect>& effects, std::size_t most) {
  return table_of(effects, most).aligned();
}

std::string effects_as_markdown(const std::vector<Effect>& effects, std::size_t most) {
  return table_of(effects, most).markdown();
}

std::string effects_as_json(const std::vector<Effect>& effects) {
  auto all = sim::Json::array();
  for (const Effect& e : effects)
    all.push_back({{"path", e.path},
                   {"tag", std::string(1, e.tag)},
                   {"low", e.low},
                   {"high", e.high},
                   {"ratio", e.ratio},
                   {"at_default", e.at_default},
                   {"at_low", sim::or_null(e.at_low)},
                   {"at_high", sim::or_null(e.at_high)}});
  return all.dump(2) + '\n';
}

}  // namespace experiments
