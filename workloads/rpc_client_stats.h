// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workloads/request_stats.h"

namespace workloads {

/// Calls that announced one class.
struct RpcClassStats {
  std::int64_t arrived = 0;
  std::int64_t completed = 0;
  std::int64_t within_slo = 0;
  sim::Histogram latency;

  static void describe(auto&& stat) {
    using S = RpcClassStats;
    stat(&S::arrived, "arrived", "calls of the class");
    stat(&S::completed, "completed", "calls that were answered");
    stat(&S::within_slo, "within_slo", "answered within the class's SLO: goodput");
    stat(&S::latency, "latency", "from the intended arrival to the last byte of the reply");
  }
  friend RpcClassStats operator-(const RpcClassStats& a, const RpcClassStats& b) {
    return sim::difference(a, b);
  }
};

struct RpcClientStats {
  RequestStats calls;
  std::int64_t refused = 0;
  std::int64_t lost = 0;
  std::int64_t malformed = 0;
  std::int64_t bad_replies = 0;
  std::int64_t stray_replies = 0;
  RpcClassStats class_0;
  RpcClassStats class_1;
  KindStats users;

  static void describe(auto&& stat) {
    using S = RpcClientStats;
    stat(&S::calls, "calls", "all calls, by kind where they are a mix");
    stat(&S::refused, "refused", "calls to which the server answered with an error");
    stat(&S::lost, "lost", "calls without an answer when their budget was over");
    stat(&S::malformed, "malformed", "requests that were sent with a flipped bit in their header");
    stat(&S::bad_replies, "bad_replies", "replies that could not be read, or not put together");
    stat(&S::stray_replies, "stray_replies",
         "replies that fit no call, or one whose client does not wait any more");
    stat(&S::class_0, "class_0", "calls announced as short");
    stat(&S::class_1, "class_1", "calls announced as long, or of a higher class");
    stat(&S::users, "users", "user requests; completed are those all of whose calls are");
  }
  std::int64_t in_flight() const { return calls.arrived - calls.completed - refused - lost; }
  std::int64_t within_slo() const { return class_0.within_slo + class_1.within_slo; }
  friend RpcClientStats operator-(const RpcClientStats& a, const RpcClientStats& b) {
    return sim::difference(a, b);
  }
};

}  // namespace workloads
