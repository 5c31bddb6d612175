// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "native/rpc/client.h"
#include "native/rpc/server.h"
#include "sim/describe.h"
#include "sim/units.h"

namespace native {

struct RpcRunOptions {
  int stacks = 1;
  int workers = 2;
  int connections = 8;
  std::int64_t request_bytes = 64;
  std::int64_t reply_bytes = 64;
  std::int64_t mtu = 1460;
  std::int64_t most_waiting = 4096;
  sim::Duration budget{0};
  sim::Duration patience = std::chrono::milliseconds{500};

  static void describe(auto&& field) {
    using namespace std::chrono_literals;
    using P = RpcRunOptions;
    using sim::chosen;
    field(&P::stacks, "stacks", "threads that run the stack's program, each with its own socket",
          chosen("one keeps up with some 100,000 calls a second"), sim::Range{1, 64});
    field(&P::workers, "workers", "threads of each stack that carry out calls",
          chosen("one computes while another waits"), sim::Range{1, 256});
    field(&P::connections, "connections", "of the client, in turn; stacks share them",
          chosen("more than stacks"), sim::Range{1, 65'536});
    field(&P::request_bytes, "request_bytes", "of a request's body, at least the 16 of a question",
          chosen("one packet"), sim::Range<std::int64_t>{16, 1 << 20});
    field(&P::reply_bytes, "reply_bytes", "of a reply's body", chosen("one packet"),
          sim::Range<std::int64_t>{0, 1 << 20});
    field(&P::mtu, "mtu", "bytes of a message that one datagram carries at most",
          chosen("as on an Ethernet"), sim::Range<std::int64_t>{rpc::kHeaderBytes, 65'000});
    field(&P::most_waiting, "most_waiting",
          "requests of a stack that may wait for a worker; a further one is refused",
          chosen("as in simulated stacks"), sim::Range<std::int64_t>{0, 1 << 20});
    field(&P::budget, "budget", "how long callers say that they wait; 0 s: for ever", chosen("off"),
          sim::Range{0s, 1000s});
    field(&P::patience, "patience", "for replies, after the last call",
          chosen("far above a reply's way"), sim::Range{0s, 1000s});
  }
};

/// Throws sim::ConfigError, which names the member, for values without sense.
void check(const RpcRunOptions& options);

struct RpcReport {
  RpcCallStats client;
  rpc::ProgramStats stack = {};
  WireStats wire = {};

  static void describe(auto&& stat) {
    stat(&RpcReport::client, "client", "calls as their caller sees them, after the warm-up");
    stat(&RpcReport::stack, "stack", "what the stacks' programs did, from the beginning");
    stat(&RpcReport::wire, "wire", "of the stacks' sockets, from the beginning");
  }
};

/// Serves these calls for real: over this machine's loopback, with the stack's program, on workers'
/// threads.
RpcReport run_rpc(const RpcRunOptions& options, std::vector<PlannedCall> calls,
                  const std::atomic<bool>& interrupted);

}  // namespace native
