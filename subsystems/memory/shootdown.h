// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "models/core/core.h"
#include "models/core/interrupts.h"
#include "models/memory/coherent_line.h"
#include "sim/simulation.h"

namespace tiering {

/// Takes a page's translation out of the TLBs of all cores that run a process, step by step, as
/// Linux does up to 5.12: whoever asks flushes its own TLB, leaves a request for each other core,
/// sends interrupts, as many cores of a socket as a cluster has with one, and waits for one answer
/// after the other. Where only the sum matters there is TieringParams::shootdown().
///
/// Not modelled: several at a time; cores that want a line at once; cores that are idle or in the
/// kernel and need no interrupt; refilling the TLBs.
class Shootdown {
 public:
  /// `flush`: what a core takes to flush one page, request looked at.
  Shootdown(const core::InterruptParams& interrupts, sim::Duration flush)
      : interrupts_(interrupts), flush_(flush) {}
  Shootdown(const Shootdown&) = delete;
  Shootdown& operator=(const Shootdown&) = delete;

  /// Another core that runs the process. Those of a socket follow each other.
  void add_target(core::Core& core, int socket) { targets_.emplace_back(core, socket); }

  /// The program of the i-th target: it runs its own code, which takes interrupts at once.
  [[noreturn]] void serve(int target);

  /// By a core of `socket`, which comes back when no TLB has the page's translation any more.
  void flush(core::Core& by, int socket);

 private:
  struct Target {
    Target(core::Core& c, int s) : core(c), socket(s) {}
    core::Core& core;
    const int socket;
    memory::CoherentLine request{};  // in its queue of functions to call
    memory::CoherentLine answer{};
    bool interrupted = false;
    bool answered = false;
  };

  void interrupt_all(core::Core& by, int socket);
  void handle(Target& target);

  const core::InterruptParams interrupts_;
  const sim::Duration flush_;
  std::deque<Target> targets_;  // stay where they are
  core::Core* waiting_ = nullptr;
};

}  // namespace tiering
