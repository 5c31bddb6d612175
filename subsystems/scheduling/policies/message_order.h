// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "subsystems/wave/agent/scheduling.h"

namespace scheduling {

/// Every CPU has a queue of its own, so messages about one thread may be seen out of order. What an
/// agent has heard of a thread last tells which are to come, and which come too late.
struct Heard {
  wave::scheduling::Gtid gtid = 0;
  wave::scheduling::Barrier barrier = 0;
  bool known = false;  // this incarnation, and not its end

  /// TASK_NEW begins an incarnation, when the last one has come to its end; or it says how a thread
  /// is to an agent that finds it there, and what was said before does not matter any more.
  bool comes_next(const wave::scheduling::Message& message) const {
    if (message.type == wave::scheduling::MessageType::kTaskNew)
      return !known || message.gtid == gtid;
    return message.gtid == gtid && message.seqnum == barrier + 1;
  }
  /// About an incarnation that has ended, or overtaken by what a fresh agent was told first.
  bool comes_too_late(const wave::scheduling::Message& message) const {
    if (message.gtid != gtid) return message.gtid < gtid;
    return static_cast<std::int32_t>(message.seqnum - barrier) <= 0;
  }
};

}  // namespace scheduling
