// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "sim/config_error.h"
#include "sim/describe.h"
#include "sim/units.h"

// Parameters of an invented machine with a member of every type there is, for tests and fuzzing.
namespace sim::sample {

enum class Memory { kUncached, kCombining, kThrough };

constexpr auto enum_names(std::type_identity<Memory>) {
  return std::array{EnumName{Memory::kUncached, "uc"}, EnumName{Memory::kCombining, "wc"},
                    EnumName{Memory::kThrough, "wt"}};
}

struct Link {
  Duration flight = 130ns;
  Bandwidth bandwidth = Bandwidth::gigabytes_per_second(16);
  Bytes header = 24_B;

  bool operator==(const Link&) const = default;

  static void describe(auto&& field) {
    field(&Link::flight, "flight", "one way", assumed("a guess"), Range{90ns, 180ns});
    field(&Link::bandwidth, "bandwidth", "one direction", published("its datasheet"),
          Range{Bandwidth::gigabytes_per_second(2), Bandwidth::gigabytes_per_second(64)});
    field(&Link::header, "header", "bytes besides the payload", stated("in a talk"),
          Range{16_B, 32_B});
  }
};

inline Link slow() {
  return {.flight = 1us, .bandwidth = Bandwidth::gigabits_per_second(10)};
}

constexpr auto presets(std::type_identity<Link>) {
  return std::array{Preset<Link>{"slow", slow}};
}

struct Client {
  Rate rate{1000};
  std::vector<Bytes> sizes{64_B};

  bool operator==(const Client&) const = default;

  static void describe(auto&& field) {
    field(&Client::rate, "rate", "requests sent", chosen("the experiment's load"),
          Range{Rate{1}, Rate{1e6}});
    field(&Client::sizes, "sizes", "of requests, in turn", chosen("the experiment's load"),
          Range{1_B, 4_KiB});
  }
};

inline void check(const Client& client) {
  if (client.rate.per_second > 0) return;
  throw ConfigError("rate", "this client never sends", "write more than 0 /s");
}

struct Machine {
  bool turbo = true;
  std::int64_t cores = 16;
  std::uint64_t seed = 1;
  std::int32_t nice = 0;
  double share = 0.5;
  std::string label = "bench";
  Memory memory = Memory::kThrough;
  Frequency clock = Frequency::gigahertz(3.5);
  Cycles decode = 46_cycles;
  Link link;
  std::optional<Duration> timeout;
  std::optional<Link> spare;
  std::vector<Client> clients;
  std::map<std::string, Duration> costs;

  bool operator==(const Machine&) const = default;

  static void describe(auto&& field) {
    field(&Machine::turbo, "turbo", "whether clocks rise", chosen("on as shipped"));
    field(&Machine::cores, "cores", "of the socket", published("its datasheet"), Range{1, 64});
    field(&Machine::seed, "seed", "of the run", chosen("any"));
    field(&Machine::nice, "nice", "priority of the agent", chosen("the default"), Range{-20, 19});
    field(&Machine::share, "share", "of long requests", derived("long / all"), Range{0.0, 1.0});
    field(&Machine::label, "label", "shown in reports", chosen("any"));
    field(&Machine::memory, "memory", "how the queue is mapped", stated("in a talk"));
    field(&Machine::clock, "clock", "when busy", recalled("from a review"),
          Range{Frequency::gigahertz(2), Frequency::gigahertz(4)});
    field(&Machine::decode, "decode", "per message", assumed("a guess"),
          Range{10_cycles, 90_cycles});
    field(&Machine::link, "link", "to the device");
    field(&Machine::timeout, "timeout", "after which a request is sent again", chosen("off"),
          Range{1us, 1ms});
    field(&Machine::spare, "spare", "a second link");
    field(&Machine::clients, "clients", "who send");
    field(&Machine::costs, "costs", "of named calls", assumed("guesses"), Range{1ns, 1us});
  }
};

}  // namespace sim::sample
