// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "native/request_load.h"
#include "sim/config_error.h"
#include "sim/histogram.h"
#include "sim/strict_json.h"
#include "sim/units.h"
#include "sim/wording.h"
#include "workloads/arrivals.h"
#include "workloads/request_stats.h"
#include "workloads/service_times.h"

// What the commands of `wavesim native` share.

namespace commands {

/// As the command line gives it: text that has yet to be read, and empty if nothing was said.
struct NativeLoadOptions {
  std::string rate = "20k/s";
  std::string service = "10us";
  std::string distribution;
  std::string long_service = "500us";
  std::optional<double> long_share;
  std::string length;
  std::string warm_up;
  std::uint64_t seed = 1;
};

/// A load, as experiments describe theirs.
struct NativeLoad {
  workloads::ArrivalParams arrivals;
  workloads::ServiceParams service;
};
NativeLoad load_of(const NativeLoadOptions& options);
/// Throws sim::ConfigError with a member's name for its path.
void check(const NativeLoad& load);
void write(const NativeLoad& load, sim::Json& to);

/// Requests as the simulator draws them: the same seed gives the same ones.
class NativeRequests {
 public:
  NativeRequests(const NativeLoad& load, std::uint64_t seed);
  std::optional<native::Request> next();

 private:
  std::unique_ptr<workloads::Arrivals> arrivals_;
  std::unique_ptr<workloads::ServiceTimes> service_;
};

/// Changes `to` if the option was given.
void set(sim::Duration& to, const char* option, const std::string& text);

template <class E>
E choice(const std::string& option, const std::string& text, const char* noun) {
  std::vector<std::string> names;
  for (const auto& [value, name] : enum_names(std::type_identity<E>{})) {
    if (text == name) return value;
    names.emplace_back(name);
  }
  throw sim::ConfigError(option, std::string("no such ") + noun + ": " + sim::in_quotes(text),
                         sim::suggestion(text, names));
}

/// The same error about the option that sets the member which it names.
sim::ConfigError about_option(const sim::ConfigError& error);

// What is printed:

/// p50_us and so on; null where there are too few.
void write_latency(const sim::Histogram& latency, sim::Json& to);
/// The simulator's word on a load that is too high.
std::string overload_line();
std::string latency_line(const char* name, const sim::Histogram& latency);
/// Those of all, and where they are a mix those of each kind.
std::string latency_lines(const workloads::RequestStats& requests);
/// On which machine, by which program.
sim::Json native_environment();

}  // namespace commands
