// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/params.h"

#include <string>

#include "sim/check_part.h"
#include "sim/config_error.h"

namespace fabric {
namespace {

using sim::check_part;
using sim::require;

/// A sum of some hundred of them is still far from the end of time.
constexpr Duration kLongest = 1s;
constexpr Bandwidth kSlowest = Bandwidth::bits_per_second(1'000'000);
constexpr Bandwidth kFastest = Bandwidth::gigabits_per_second(100'000);
constexpr int kMostClients = 4096;

std::string found(std::int64_t number) {
  return "is " + std::to_string(number);
}

bool possible(Duration latency) {
  return Duration{0} <= latency && latency <= kLongest;
}

void check_flow(const FlowParams& flow, int clients, const std::string& path) {
  check_part(flow, path);
  const auto node_is = [&](Node node) { return 0 <= node && node <= clients; };
  const std::string remedy = "name the server, 0, or a client, 1 to " + std::to_string(clients);
  require(node_is(flow.from), (path + ".from").c_str(), found(flow.from), remedy);
  require(node_is(flow.to), (path + ".to").c_str(), found(flow.to), remedy);
}

}  // namespace

void check(const LinkParams& p) {
  require(kSlowest <= p.rate && p.rate <= kFastest, "rate", "is no link's",
          "write 1 Mb/s to 100 Tb/s");
  require(possible(p.latency), "latency", "is no latency", "write 0 s to 1 s");
}

void check(const FlowParams& p) {
  require(p.from != p.to, "to", "is where the flow comes from", "let it go elsewhere");
  require(p.size.count > 0, "size", found(p.size.count), "move at least a byte");
  require(p.start >= Duration{0} && p.start <= 1000s, "start", "lies outside of any run",
          "begin within 1,000 s");
  require(p.limit == Bandwidth{} || p.limit >= kSlowest, "limit", "is hardly a rate",
          "write 1 Mb/s or more, or 0 for none");
}

void check(const FabricParams& p) {
  require(0 <= p.near_clients && p.near_clients <= kMostClients, "near_clients",
          found(p.near_clients), "write 0 to 4096");
  require(0 <= p.racks && p.racks <= kMostClients, "racks", found(p.racks), "write 0 to 4096");
  require(1 <= p.rack_clients && p.rack_clients <= kMostClients, "rack_clients",
          found(p.rack_clients), "write 1 to 4096");
  require(p.near_clients + std::int64_t{p.racks} * p.rack_clients <= kMostClients, "racks",
          "makes too many clients", "stay below 4,096 in all");
  require(p.clients() > 0, "near_clients", "leaves nobody to send", "have at least one client");
  check_part(p.server, "server");
  check_part(p.client, "client");
  check_part(p.uplink, "uplink");
  require(possible(p.top_of_rack), "top_of_rack", "is no latency", "write 0 s to 1 s");
  require(possible(p.spine), "spine", "is no latency", "write 0 s to 1 s");
  require(p.ethernet.count >= 0, "ethernet", found(p.ethernet.count), "write 38 B");
  require(p.headers.count >= 0, "headers", found(p.headers.count), "write 40 B");
  require(p.least_frame.count >= 0, "least_frame", found(p.least_frame.count), "write 84 B");
  require(p.message_share > 0 && p.message_share < 1, "message_share",
          "leaves either messages or flows nothing", "write a share between 0 and 1");
  for (std::size_t i = 0; i < p.flows.size(); ++i)
    check_flow(p.flows[i], p.clients(), "flows." + std::to_string(i));
}

}  // namespace fabric
