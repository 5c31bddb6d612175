// SPDX-License-Identifier: Apache-2.0
#include "experiments/calibration/calibrate.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "experiments/system/stoppable.h"
#include "sim/config_error.h"
#include "sim/wording.h"

namespace calibration {
namespace {

using Eigen::Index;
using Eigen::VectorXd;
using experiments::ExperimentParams;
using influence::Factor;

ExperimentParams experiment_with(const experiments::MachineParams& machine) {
  ExperimentParams params;
  params.machine = machine;
  params.run.measure = machine.host_kind == experiments::HostKind::kSkylake
                           ? experiments::Measure::kKernel
                           : experiments::Measure::kHardware;
  return params;
}

/// The simulator's answers to what was measured, as a function of the parameters' places.
class Model {
 public:
  Model(const Measurements& measurements, const std::vector<Number>& numbers,
        const std::atomic<bool>* stop)
      : start_(experiment_with(measurements.machine)), numbers_(numbers), stop_(stop) {
    const auto all = microbenchmarks(start_.machine, Bench::kBoth);
    for (std::size_t i = 0; i < numbers.size(); ++i) require_known(i, all);
    bench_ = bench_for(numbers);
  }

  const ExperimentParams& start() const { return start_; }

  std::vector<double> values_of(const experiments::MachineParams& machine) const {
    experiments::heed(stop_);
    const auto all = microbenchmarks(machine, bench_);
    std::vector<double> values;
    for (const Number& number : numbers_)
      values.push_back(std::ranges::find(all, number.value, &Value::first)->second);
    return values;
  }

  std::optional<VectorXd> residuals_of(const std::vector<Factor>& factors, const VectorXd& x) const
      try {
    ExperimentParams params = start_;
    for (std::size_t i = 0; i < factors.size(); ++i)
      influence::set(params, factors[i], x[static_cast<Index>(i)]);
    experiments::check(params);
    const std::vector<double> values = values_of(params.machine);
    VectorXd residuals(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      residuals[static_cast<Index>(i)] = (values[i] - numbers_[i].measured) / numbers_[i].error;
    return residuals;
  } catch (const sim::ConfigError&) {
    return std::nullopt;
  }

 private:
  using Value = std::pair<std::string, double>;

  void require_known(std::size_t i, const std::vector<Value>& all) const {
    std::vector<std::string> names;
    for (const auto& [name, value] : all) names.push_back(name);
    if (std::ranges::find(names, numbers_[i].value) == names.end())
      throw sim::ConfigError(fmt::format("measurements.{}.value", i),
                             "no such value: " + sim::in_quotes(numbers_[i].value),
                             sim::suggestion(numbers_[i].value, names));
  }

  Bench bench_for(const std::vector<Number>& numbers) const {
    const auto kernel = microbenchmarks(start_.machine, Bench::kKernel);
    const auto of_kernel = std::ranges::count_if(numbers, [&](const Number& number) {
      return std::ranges::find(kernel, number.value, &Value::first) != kernel.end();
    });
    if (of_kernel == 0) return Bench::kHardware;
    return of_kernel == std::ssize(numbers) ? Bench::kKernel : Bench::kBoth;
  }

  ExperimentParams start_;
  const std::vector<Number>& numbers_;
  const std::atomic<bool>* stop_;
  Bench bench_ = Bench::kBoth;
};

bool is_continuous(const ExperimentParams& start, const Factor& factor) {
  ExperimentParams params = start;
  return influence::set(params, factor, 0.5) != influence::set(params, factor, 0.5 + kDifference);
}

/// Of the parameters that nobody chose, those that move a measurement at all.
void drop_idle(std::vector<Factor>& factors, const Model& model, const VectorXd& at) {
  const auto here = model.residuals_of(factors, at);
  std::vector<Factor> moving;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const bool moves = std::ranges::any_of(std::array{0.0, 1.0}, [&](double end) {
      VectorXd x = at;
      x[static_cast<Index>(i)] = end;
      const auto there = model.residuals_of(factors, x);
      return there && here && (*there - *here).cwiseAbs().maxCoeff() > 1e-9;
    });
    if (moves) moving.push_back(factors[i]);
  }
  factors = std::move(moving);
}

VectorXd places_of(const std::vector<Factor>& factors) {
  VectorXd places(factors.size());
  for (std::size_t i = 0; i < factors.size(); ++i)
    places[static_cast<Index>(i)] =
        std::clamp(factors[i].place_of(factors[i].at_default), 0.0, 1.0);
  return places;
}

std::vector<Factor> machine_factors(const Measurements& measurements, const Model& model) {
  experiments::Point point;
  point.params = model.start();
  for (const std::string& path : measurements.fit)
    sim::require(path.starts_with("machine."), "fit",
                 sim::in_quotes(path) + " is not of the machine", "name parameters below machine");
  std::vector<Factor> factors = influence::factors_of({point}, measurements.fit, "fit");
  std::erase_if(factors, [](const Factor& f) { return !f.path.starts_with("machine."); });
  return factors;
}

/// Takes the discrete ones out; chosen ones are refused.
void drop_discrete(std::vector<Factor>& factors, const Measurements& measurements,
                   const Model& model, std::vector<std::string>& discrete) {
  std::erase_if(factors, [&](const Factor& factor) {
    if (is_continuous(model.start(), factor)) return false;
    sim::require(measurements.fit.empty(), "fit",
                 sim::in_quotes(factor.path) + " has too few values to be fitted",
                 "set it under \"machine\" and compare");
    discrete.push_back(factor.path);
    return true;
  });
}

}  // namespace

Calibration calibrate(const Measurements& measurements, const std::atomic<bool>* stop) {
  Calibration c{.numbers = numbers_of(measurements.measurements)};
  const Model model(measurements, c.numbers, stop);
  c.factors = machine_factors(measurements, model);
  drop_discrete(c.factors, measurements, model, c.discrete);
  if (measurements.fit.empty()) drop_idle(c.factors, model, places_of(c.factors));
  sim::require(!c.factors.empty(), "fit", "no parameter moves any of these measurements",
               "measure something else");
  const Residuals residuals = [&](const VectorXd& x) { return model.residuals_of(c.factors, x); };
  c.before = model.values_of(model.start().machine);
  c.fit = fit(residuals, places_of(c.factors));
  c.identification = identify(c.fit);
  for (std::size_t i = 0; i < c.numbers.size(); ++i)
    c.after.push_back(c.numbers[i].measured +
                      c.numbers[i].error * c.fit.residuals[static_cast<Index>(i)]);
  ExperimentParams params = model.start();
  for (std::size_t i = 0; i < c.factors.size(); ++i)
    c.fitted.push_back(influence::set(params, c.factors[i], c.fit.x[static_cast<Index>(i)]));
  return c;
}

}  // namespace calibration
