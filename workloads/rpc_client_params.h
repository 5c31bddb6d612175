// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <type_traits>

#include "sim/describe.h"
#include "sim/units.h"

namespace workloads {

enum class LoopKind { kOpen, kClosed };

constexpr auto enum_names(std::type_identity<LoopKind>) {
  using sim::EnumName;
  return std::array{EnumName{LoopKind::kOpen, "open"}, EnumName{LoopKind::kClosed, "closed"}};
}

/// How large bodies are.
struct BodyParams {
  sim::Bytes mean{64};
  double variation = 0;

  static void describe(auto&& field) {
    using P = BodyParams;
    using sim::Range;
    field(&P::mean, "mean", "of the body's size", sim::chosen("a key, or a small record"),
          Range{sim::Bytes{0}, sim::Bytes{1 << 20}});
    field(&P::variation, "variation",
          "standard deviation / mean of a lognormal size; 0: all have the mean's",
          sim::chosen("sizes that do not blur what is compared"), Range{0.0, 10.0});
  }
};

/// Machines that call the server over the network. Class 0 is that of short calls, class 1 that of
/// long ones, as `arrivals.long_share` draws them or a trace says.
struct RpcClientParams {
  LoopKind loop = LoopKind::kOpen;
  int outstanding = 1;
  sim::Duration think{};
  int connections = 16;
  int fan_out = 1;

  BodyParams request{};
  BodyParams reply{.mean = sim::Bytes{1024}};
  BodyParams long_request{};
  BodyParams long_reply{.mean = sim::Bytes{1024}};
  sim::Bytes mtu{1460};

  sim::Duration budget = std::chrono::milliseconds{100};
  sim::Duration slo = std::chrono::microseconds{100};
  sim::Duration long_slo = std::chrono::milliseconds{100};
  double malformed = 0;

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    using P = RpcClientParams;
    using sim::Range;
    field(&P::loop, "loop",
          "open: calls come as `arrivals` says, whatever the server does; closed: each client has "
          "so many user requests outstanding",
          sim::recalled("Wave's load generators are open-loop"));
    field(&P::outstanding, "outstanding", "closed: user requests that a client waits for at once",
          sim::chosen("one thread a client"), Range{1, 1024});
    field(&P::think, "think",
          "closed: from the end of a user request to the next, exponential; 0: at once",
          sim::chosen("as much as the server can do"), Range{0s, 1s});
    field(&P::connections, "connections", "of each client with the server; calls go over any",
          sim::chosen("enough flows for receive-side scaling to spread"), Range{1, 1024});
    field(&P::fan_out, "fan_out",
          "calls that a user request makes at once; it ends with the last reply, and `arrivals` "
          "counts user requests",
          sim::chosen("a user request is a call"), Range{1, 64});
    field(&P::request, "request", "body of a request of class 0");
    field(&P::reply, "reply", "body of its reply");
    field(&P::long_request, "long_request", "body of a request of class 1");
    field(&P::long_reply, "long_reply", "body of its reply");
    field(&P::mtu, "mtu", "most bytes of a message, header and body, in one packet",
          sim::derived("1,500 bytes less the headers of IPv4 and TCP"),
          Range{sim::Bytes{512}, sim::Bytes{8960}});
    field(&P::budget, "budget",
          "how long a client waits for a reply before it counts the call as lost; whole us",
          sim::chosen("far above any latency that a sane server has"), Range{1ms, 10s});
    field(&P::slo, "slo", "latency that a call of class 0 should have at most",
          sim::chosen("ten times its service time"), Range{10us, 10s});
    field(&P::long_slo, "long_slo", "the same of class 1",
          sim::chosen("ten times its service time"), Range{10us, 10s});
    field(&P::malformed, "malformed",
          "share of requests in whose header a bit is flipped on the way, so that the server drops "
          "them",
          sim::chosen("none"), Range{0.0, 0.5});
  }
};

/// Throws sim::ConfigError, which names the member, for values without sense.
void check(const BodyParams& params);
void check(const RpcClientParams& params);

}  // namespace workloads
