// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/describe.h"
#include "sim/units.h"
#include "subsystems/rpc/stack/stack_program.h"
#include "subsystems/rpc/stack_costs.h"

namespace rpc {

/// A stack's program: what its code costs, and what bounds it on each core.
struct StackParams {
  StackCosts costs{};
  std::int64_t most_waiting = 4096;
  std::int64_t most_incomplete = 1024;
  sim::Bytes most_message{kHeaderBytes + kMostBodyBytes};

  /// With packets as large as clients send them.
  StackOptions options(sim::Bytes mtu) const {
    return {.mtu = static_cast<std::uint32_t>(mtu.count),
            .most_waiting = static_cast<std::size_t>(most_waiting),
            .most_incomplete = static_cast<std::size_t>(most_incomplete),
            .most_message_bytes = static_cast<std::uint32_t>(most_message.count)};
  }

  static void describe(auto&& field) {
    using P = StackParams;
    using sim::Range;
    field(&P::costs, "costs", "what the stack's code costs, by stage");
    field(&P::most_waiting, "most_waiting",
          "requests of a core that may wait for a worker; a further one is refused with an error",
          sim::chosen("longer than anybody wants to wait: 41 ms behind workers of 10 us"),
          Range{std::int64_t{0}, std::int64_t{1} << 20});
    field(&P::most_incomplete, "most_incomplete",
          "messages of a core of which parts may be missing; then the oldest is forgotten",
          sim::chosen("more than a core's connections have under way"),
          Range{std::int64_t{1}, std::int64_t{1} << 20});
    field(&P::most_message, "most_message", "header and body of a message; a longer one is dropped",
          sim::chosen("the longest body that a header may announce"),
          Range{sim::Bytes{kHeaderBytes}, sim::Bytes{kHeaderBytes + kMostBodyBytes}});
  }
};

}  // namespace rpc
