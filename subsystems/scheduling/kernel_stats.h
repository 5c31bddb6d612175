// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/describe.h"

namespace scheduling {

struct KernelStats {
  std::int64_t messages = 0;
  std::int64_t overflows = 0;
  std::int64_t commits = 0;
  std::int64_t refusals = 0;

  static void describe(auto&& stat) {
    stat(&KernelStats::messages, "messages", "messages delivered to agents");
    stat(&KernelStats::overflows, "overflows", "messages that found their queue full");
    stat(&KernelStats::commits, "commits", "transactions committed");
    stat(&KernelStats::refusals, "refusals", "transactions refused");
  }
  friend KernelStats operator-(KernelStats a, const KernelStats& b) {
    a.messages -= b.messages;
    a.overflows -= b.overflows;
    a.commits -= b.commits;
    a.refusals -= b.refusals;
    return a;
  }
};

}  // namespace scheduling
