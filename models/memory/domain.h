// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/check.h"
#include "sim/describe.h"
#include "sim/units.h"

namespace memory {

using namespace std::chrono_literals;

/// A core's place in its coherence domain.
using CoreIndex = int;
constexpr CoreIndex kNoCore = -1;

/// Which cores of a domain hold a copy of a line.
class CoreSet {
 public:
  static constexpr int kMost = 256;

  void insert(CoreIndex core) { word(core) |= bit(core); }
  void erase(CoreIndex core) { word(core) &= ~bit(core); }
  bool contains(CoreIndex core) const { return (words_[index(core)] & bit(core)) != 0; }
  void clear() { words_ = {}; }
  bool empty() const { return (words_[0] | words_[1] | words_[2] | words_[3]) == 0; }

  template <class F>
  void for_each(F f) const {
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (std::uint64_t rest = words_[w]; rest != 0; rest &= rest - 1)
        f(static_cast<CoreIndex>(w * 64 + static_cast<unsigned>(std::countr_zero(rest))));
  }

 private:
  static std::size_t index(CoreIndex core) { return static_cast<std::size_t>(core) / 64; }
  static std::uint64_t bit(CoreIndex core) { return std::uint64_t{1} << (core & 63); }
  std::uint64_t& word(CoreIndex core) { return words_[index(core)]; }

  std::array<std::uint64_t, kMost / 64> words_{};
};

/// What lies behind the private caches of a domain's cores.
struct DomainParams {
  sim::Duration last_level = 14ns;
  sim::Duration dram = 105ns;
  sim::Duration shared_cache_within = 40ns;

  static void describe(auto&& field) {
    field(&DomainParams::last_level, "last_level", "load that hits the shared last-level cache",
          sim::published("hardware.md 3.1: L3 of a Zen 3 CCX, 46 cycles at 3.4 GHz"),
          sim::Range{10ns, 45ns});
    field(&DomainParams::dram, "dram", "load from the domain's own memory",
          sim::recalled("hardware.md 8.4: pointer chase on Milan, NPS1"), sim::Range{90ns, 150ns});
  }
};

/// Cores and caches that hardware keeps coherent: the host's, or the SmartNIC's.
class Domain {
 public:
  /// `transfer[a * cores + b]`: the time a line takes from the cache of core a to core b.
  Domain(std::string name, const DomainParams& params, int cores,
         std::vector<sim::Duration> transfer)
      : name_(std::move(name)), params_(params), cores_(cores), transfer_(std::move(transfer)) {
    SIM_CHECK(cores_ <= CoreSet::kMost);
    SIM_CHECK(transfer_.size() ==
              static_cast<std::size_t>(cores_) * static_cast<std::size_t>(cores_));
  }

  const std::string& name() const { return name_; }
  int cores() const { return cores_; }
  const DomainParams& params() const { return params_; }
  sim::Duration transfer(CoreIndex from, CoreIndex to) const {
    return transfer_[static_cast<std::size_t>(from) * static_cast<std::size_t>(cores_) +
                     static_cast<std::size_t>(to)];
  }

 private:
  std::string name_;
  const DomainParams params_;
  int cores_;
  std::vector<sim::Duration> transfer_;
};

}  // namespace memory
