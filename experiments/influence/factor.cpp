// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/factor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "sim/config_error.h"
#include "sim/parameters.h"
#include "sim/wording.h"

namespace influence {
namespace {

using experiments::ExperimentParams;
using experiments::Measure;
using experiments::Point;

/// What a measurement does not read cannot matter to it.
bool reaches(const ExperimentParams& params, const std::string& path) {
  const Measure measure = params.run.measure;
  const bool bench = is_benchmark(measure);
  const bool serves = !bench && measure != Measure::kVm && measure != Measure::kMemory;
  const auto below = [&](const char* prefix) { return path.starts_with(prefix); };
  if (below("machine.skylake."))
    return measure == Measure::kKernel &&
           params.machine.host_kind == experiments::HostKind::kSkylake;
  if (below("vm.")) return measure == Measure::kVm;
  if (below("memory.")) return measure == Measure::kMemory;
  if (below("workload.") || below("rpc.") || below("faults.")) return serves;
  if (below("system.")) return !bench;
  return !below("run.");
}

/// Parameters that have powers of two and nothing between them.
constexpr std::array kPowersOfTwo{"machine.pcie.iommu.page",
                                  "machine.pcie.link.lanes",
                                  "machine.pcie.link.max_payload",
                                  "machine.pcie.link.max_read_request",
                                  "machine.pcie.link.read_completion_boundary",
                                  "rpc.port.indirection_entries",
                                  "system.queue_capacity"};

double nearest_value(const std::string& path, double number) {
  const bool is_power = std::ranges::find(kPowersOfTwo, path) != kPowersOfTwo.end();
  return is_power ? std::exp2(std::round(std::log2(number))) : number;
}

class Choice {
 public:
  Choice(const std::vector<Point>& points, const std::vector<std::string>& paths,
         const std::string& named_in)
      : points_(points), paths_(paths), named_in_(named_in), first_(points.front().params) {
    for (const Point& point : points) texts_.push_back(sim::parameter_texts(point.params));
  }

  std::vector<Factor> run() {
    std::vector<Factor> factors;
    sim::for_each_parameter<ExperimentParams>(first_, [&](const sim::Parameter& parameter) {
      if (parameter.is_number() && wants(parameter)) factors.push_back(factor(parameter));
    });
    for (const std::string& path : paths_) require_found(path, factors);
    return factors;
  }

 private:
  bool wants(const sim::Parameter& parameter) const {
    const std::string& path = parameter.path();
    if (!paths_.empty()) return std::ranges::find(paths_, path) != paths_.end() && is_common(path);
    const sim::Tag tag = parameter.source().tag;
    if (tag != sim::Tag::kAssumed && tag != sim::Tag::kRecalled) return false;
    return is_common(path) && std::ranges::any_of(points_, [&](const Point& point) {
             return reaches(point.params, path);
           });
  }

  bool is_common(const std::string& path) const {
    return std::ranges::all_of(texts_, [&](const auto& texts) {
      const auto found = texts.find(path);
      return found != texts.end() && found->second == texts_.front().at(path);
    });
  }

  static Factor factor(const sim::Parameter& parameter) {
    return {.path = parameter.path(),
            .tag = static_cast<char>(parameter.source().tag),
            .low_text = parameter.low_text(),
            .high_text = parameter.high_text(),
            .default_text = parameter.text(),
            .low = parameter.low(),
            .high = parameter.high(),
            .at_default = parameter.number()};
  }

  void require_found(const std::string& path, const std::vector<Factor>& factors) const {
    if (std::ranges::find(factors, path, &Factor::path) != factors.end()) return;
    const bool known =
        std::ranges::any_of(texts_, [&](const auto& texts) { return texts.contains(path); });
    if (known)
      throw sim::ConfigError(path, "differs between what is compared",
                             "vary a parameter that they have in common");
    std::vector<std::string> names;
    for (const auto& [name, text] : texts_.front()) names.push_back(name);
    throw sim::ConfigError(named_in_, "no such parameter with a range: " + sim::in_quotes(path),
                           sim::suggestion(path, names).size() < 100 ? sim::suggestion(path, names)
                                                                     : "see wavesim params");
  }

  const std::vector<Point>& points_;
  const std::vector<std::string>& paths_;
  const std::string& named_in_;
  ExperimentParams first_;
  std::vector<std::map<std::string, std::string>> texts_;
};

}  // namespace

double Factor::number_at(double place) const {
  if (is_wide()) return low * std::pow(high / low, place);
  return low + (high - low) * place;
}

double Factor::place_of(double number) const {
  if (high == low) return 0;
  if (is_wide()) return std::log(number / low) / std::log(high / low);
  return (number - low) / (high - low);
}

std::vector<Factor> factors_of(const std::vector<Point>& points,
                               const std::vector<std::string>& paths, const std::string& named_in) {
  return Choice(points, paths, named_in).run();
}

std::string set(ExperimentParams& params, const Factor& factor, double place) {
  std::string text;
  sim::for_each_parameter<ExperimentParams>(params, [&](const sim::Parameter& parameter) {
    if (parameter.path() != factor.path) return;
    // The ends exactly, whatever a power of the other end comes to.
    if (place == 0)
      parameter.set_to_low();
    else if (place == 1)
      parameter.set_to_high();
    else
      parameter.set_number(nearest_value(factor.path, factor.number_at(place)));
    text = parameter.text();
  });
  return text;
}

std::string text_at(const Point& point, const Factor& factor, double place) {
  ExperimentParams params = point.params;
  return set(params, factor, place);
}

}  // namespace influence
