// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/histogram.h"
#include "sim/member_wise.h"
#include "sim/units.h"

namespace workloads {

/// Requests of one kind: range queries among GETs say.
struct KindStats {
  std::int64_t arrived = 0;
  std::int64_t completed = 0;
  sim::Histogram latency;

  static void describe(auto&& stat) {
    stat(&KindStats::arrived, "arrived", "requests that came");
    stat(&KindStats::completed, "completed", "requests that were answered");
    stat(&KindStats::latency, "latency", "from the intended arrival to the answer");
  }
  std::int64_t in_flight() const { return arrived - completed; }
  void answered(sim::Duration after) {
    ++completed;
    latency.record(after);
  }
  friend KindStats operator-(const KindStats& a, const KindStats& b) {
    return sim::difference(a, b);
  }
};

/// What a request is told apart by: in mixes only.
enum class RequestKind : std::uint8_t { kOnly, kShort, kLong };

constexpr RequestKind kind_of(bool is_mix, bool is_long) {
  if (!is_mix) return RequestKind::kOnly;
  return is_long ? RequestKind::kLong : RequestKind::kShort;
}

struct RequestStats {
  std::int64_t arrived = 0;
  std::int64_t completed = 0;
  sim::Duration work{};
  sim::Histogram latency;
  KindStats short_ones;
  KindStats long_ones;

  static void describe(auto&& stat) {
    stat(&RequestStats::arrived, "arrived", "requests that came");
    stat(&RequestStats::completed, "completed", "requests that were answered");
    stat(&RequestStats::work, "work", "what those that came need, on the reference core");
    stat(&RequestStats::latency, "latency", "from the intended arrival to the answer");
    stat(&RequestStats::short_ones, "short", "of a mix, the short ones");
    stat(&RequestStats::long_ones, "long", "of a mix, the long ones");
  }
  void came(RequestKind kind, sim::Duration needs) {
    ++arrived;
    work += needs;
    if (KindStats* its = of(kind)) ++its->arrived;
  }
  void answered(RequestKind kind, sim::Duration after) {
    ++completed;
    latency.record(after);
    if (KindStats* its = of(kind)) its->answered(after);
  }
  friend RequestStats operator-(const RequestStats& a, const RequestStats& b) {
    return sim::difference(a, b);
  }

 private:
  KindStats* of(RequestKind kind) {
    if (kind == RequestKind::kOnly) return nullptr;
    return kind == RequestKind::kLong ? &long_ones : &short_ones;
  }
};

/// Requests that are somewhere in the system, counted where they are.
struct Census {
  std::int64_t all = 0;
  std::int64_t long_ones = 0;

  std::int64_t short_ones() const { return all - long_ones; }
  void add(bool is_long) {
    ++all;
    if (is_long) ++long_ones;
  }
};

}  // namespace workloads
