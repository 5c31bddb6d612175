// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "subsystems/memory/migrator.h"
#include "subsystems/memory/tiered_memory.h"
#include "subsystems/memory/tiering_params.h"

namespace tiering {

/// By how much accesses take longer because memory is managed, by cause.
struct Delay {
  sim::Duration slow{};       // to the slow tier
  sim::Duration setting{};    // an access bit that a scan has cleared
  sim::Duration refilling{};  // a TLB that was flushed
  sim::Duration waiting{};    // for a page that is unmapped while it is copied
  sim::Duration stalled{};    // by interrupts that flush TLBs

  sim::Duration total() const { return slow + setting + refilling + waiting + stalled; }
  Delay& operator+=(const Delay& d) {
    slow += d.slow;
    setting += d.setting;
    refilling += d.refilling;
    waiting += d.waiting;
    stalled += d.stalled;
    return *this;
  }
};

/// Works out the delay of an access, or draws it where that depends on accesses that are no events.
///
/// Not modelled: requests that wait behind one that takes longer, or that run out of cores; in a
/// request, pages that are accessed twice; slow accesses that overlap.
class AccessDelays {
 public:
  AccessDelays(const ApplicationCosts& costs, sim::Simulation& sim, TieredMemory& memory,
               const Migrator& migrator)
      : costs_(costs), sim_(sim), memory_(memory), migrator_(migrator) {
    memory_.remember_flushes(costs.request);
  }

  /// To some page of the batch, now.
  Delay of_access(Batch batch, sim::Draws& draws);
  /// By interrupts during a request that ends now.
  sim::Duration stalled() const {
    return memory_.flushes_since(sim_.now() - costs_.request) * costs_.flushed;
  }

 private:
  const ApplicationCosts costs_;
  sim::Simulation& sim_;
  TieredMemory& memory_;
  const Migrator& migrator_;
};

}  // namespace tiering
