// SPDX-License-Identifier: Apache-2.0
#include "workloads/rpc_client_params.h"

#include <chrono>
#include <string>

#include "sim/check_part.h"
#include "sim/config_error.h"
#include "subsystems/rpc/protocol/frame.h"

namespace workloads {
namespace {

using sim::require;

/// Ten times the largest of lognormal bodies with any sense still fits into a header's field.
constexpr std::int64_t kMostBody = rpc::kMostBodyBytes;
constexpr int kMostOfAKind = 65536;

std::string number(std::int64_t n) {
  return "is " + std::to_string(n);
}

void check_slo(sim::Duration slo, const char* path) {
  require(slo > sim::Duration{0}, path, "is no latency", "write a positive time");
}

}  // namespace

void check(const BodyParams& p) {
  require(0 <= p.mean.count && p.mean.count <= kMostBody, "mean", number(p.mean.count),
          "write 0 B to 64 MiB");
  require(0 <= p.variation && p.variation <= 100, "variation", "is out of bounds",
          "give a number from 0 to 100");
  require(p.variation == 0 || p.mean.count > 0, "mean", "is 0, which cannot vary",
          "write at least 1 B");
}

void check(const RpcClientParams& p) {
  require(1 <= p.outstanding && p.outstanding <= kMostOfAKind, "outstanding", number(p.outstanding),
          "write 1 to 65536");
  require(sim::Duration{0} <= p.think && p.think <= std::chrono::seconds{1'000}, "think",
          "is out of bounds", "write 0 s to 1,000 s");
  require(1 <= p.connections && p.connections <= kMostOfAKind, "connections", number(p.connections),
          "write 1 to 65536");
  require(1 <= p.fan_out && p.fan_out <= kMostOfAKind, "fan_out", number(p.fan_out),
          "write 1 to 65536");
  sim::check_part(p.request, "request");
  sim::check_part(p.reply, "reply");
  sim::check_part(p.long_request, "long_request");
  sim::check_part(p.long_reply, "long_reply");
  const auto least = static_cast<std::int64_t>(rpc::kHeaderBytes);
  require(least <= p.mtu.count && p.mtu.count <= kMostBody, "mtu", number(p.mtu.count),
          "let a packet carry at least a header, " + std::to_string(least) + " B");
  const auto microseconds = std::chrono::floor<std::chrono::microseconds>(p.budget);
  require(
      microseconds == p.budget && microseconds.count() >= 1 && microseconds.count() <= UINT32_MAX,
      "budget", "does not fit into a header", "write whole microseconds, 1 us to 4294 s");
  check_slo(p.slo, "slo");
  check_slo(p.long_slo, "long_slo");
  require(0 <= p.malformed && p.malformed <= 1, "malformed", "is not a share",
          "give a number from 0 to 1");
}

}  // namespace workloads
