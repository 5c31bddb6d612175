// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/native_load.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <thread>

#include "experiments/commands/one_point.h"
#include "experiments/measure/saturation.h"
#include "experiments/points/results_json.h"
#include "sim/json.h"

namespace commands {
namespace {

sim::Rate rate_of(const std::string& text) {
  const std::size_t digits = text.find_first_not_of("0123456789. ");
  if (digits != std::string::npos && digits > 0) {
    std::string number = text.substr(0, digits);
    if (number.ends_with(' ')) number.pop_back();
    try {
      return sim::parse<sim::Rate>(number + ' ' + text.substr(digits));
    } catch (const sim::ConfigError&) {
    }
  }
  throw sim::ConfigError("--rate", "no rate: " + sim::in_quotes(text), "try 20k/s");
}

sim::Json in_us(const std::optional<sim::Duration>& d) {
  return d ? sim::Json(sim::to_us(*d)) : sim::Json(nullptr);
}

/// A generator draws each request, and hands it over under a lock: on no machine in less than a
/// tenth of a microsecond.
constexpr double kMostPerSecond = 10e6;

/// A member's name in a file, as the option that sets it: `load.threads` is --threads.
std::string option_of(std::string path) {
  path.erase(0, path.rfind('.') + 1);
  std::ranges::replace(path, '_', '-');
  if (path == "mean") path = "service";
  if (path == "long-mean") path = "long";
  return "--" + path;
}

}  // namespace

NativeLoad load_of(const NativeLoadOptions& o) {
  NativeLoad load;
  load.arrivals.rate = rate_of(o.rate);
  load.service.kind =
      o.long_share ? workloads::ServiceKind::kBimodal : workloads::ServiceKind::kConstant;
  if (!o.distribution.empty())
    load.service.kind =
        choice<workloads::ServiceKind>("--distribution", o.distribution, "distribution");
  load.service.mean = duration_of("--service", o.service);
  load.service.long_mean = duration_of("--long", o.long_service);
  load.service.long_share = o.long_share.value_or(load.service.long_share);
  return load;
}

void check(const NativeLoad& load) {
  workloads::check(load.arrivals);
  sim::require(load.arrivals.rate.per_second <= kMostPerSecond, "rate",
               "is more than one generator can hand out", "give at most 10M/s");
  workloads::check(load.service);
}

void write(const NativeLoad& load, sim::Json& to) {
  to["arrivals"] = sim::write(load.arrivals);
  to["service"] = sim::write(load.service);
}

NativeRequests::NativeRequests(const NativeLoad& load, std::uint64_t seed)
    : arrivals_(workloads::make_arrivals(load.arrivals, seed)),
      service_(workloads::make_service_times(load.service, seed)) {}

std::optional<native::Request> NativeRequests::next() {
  const auto arrival = arrivals_->next();
  if (!arrival) return std::nullopt;
  const bool is_long = service_->is_long(arrival->request);
  return native::Request{.at = arrival->at.time_since_epoch(),
                         .work = service_->draw(arrival->request),
                         .request_class = is_long ? 1 : 0,
                         .kind = workloads::kind_of(service_->is_mix(), is_long)};
}

void set(sim::Duration& to, const char* option, const std::string& text) {
  if (!text.empty()) to = duration_of(option, text);
}

sim::ConfigError about_option(const sim::ConfigError& error) {
  return {option_of(error.where().path), error.wrong(), error.remedy()};
}

void write_latency(const sim::Histogram& latency, sim::Json& to) {
  const sim::HistogramSummary h = sim::described(latency);
  to["p50_us"] = in_us(h.p50);
  to["p99_us"] = in_us(h.p99);
  to["mean_us"] = in_us(h.mean);
}

std::string overload_line() {
  return fmt::format("  {}\n", experiments::kDoesNotKeepUp);
}

std::string latency_line(const char* name, const sim::Histogram& latency) {
  const sim::HistogramSummary h = sim::described(latency);
  const auto text = [](const std::optional<sim::Duration>& d) {
    return d ? fmt::format("{:.1f} us", sim::to_us(*d)) : std::string("-");
  };
  return fmt::format("  {:<12}p50 {}, p99 {}, p99.9 {}, longest {}\n", name, text(h.p50),
                     text(h.p99), text(h.p999), text(h.max));
}

std::string latency_lines(const workloads::RequestStats& requests) {
  std::string text = latency_line("latency", requests.latency);
  if (requests.long_ones.arrived > 0) {
    text += latency_line("short", requests.short_ones.latency);
    text += latency_line("long", requests.long_ones.latency);
  }
  return text;
}

sim::Json native_environment() {
  const auto here = experiments::Environment::here(1);
  return {{"version", here.version},
          {"host", here.host},
          {"compiler", here.compiler},
          {"cores", std::thread::hardware_concurrency()}};
}

}  // namespace commands
