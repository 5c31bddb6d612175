// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/describe.h"
#include "sim/member_wise.h"
#include "subsystems/scheduling/refusals.h"

namespace scheduling {

struct KernelStats {
  std::int64_t messages = 0;
  std::int64_t overflows = 0;
  std::int64_t transactions = 0;
  std::int64_t commits = 0;
  Refusals refusals;

  static void describe(auto&& stat) {
    stat(&KernelStats::messages, "messages",
         "messages sent to agents, those to one that has gone meanwhile among them");
    stat(&KernelStats::overflows, "overflows", "messages that found their queue full");
    stat(&KernelStats::transactions, "transactions", "transactions that a commit was begun of");
    stat(&KernelStats::commits, "commits", "transactions committed");
    stat(&KernelStats::refusals, "refusals", "transactions refused, by reason");
  }
  friend KernelStats operator-(const KernelStats& a, const KernelStats& b) {
    return sim::difference(a, b);
  }
};

}  // namespace scheduling
