// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/shootdown.h"

namespace tiering {

void Shootdown::serve(int target) {
  Target& own = targets_[static_cast<std::size_t>(target)];
  for (;;) {
    while (!own.interrupted) own.core.park();
    own.interrupted = false;
    handle(own);
  }
}

void Shootdown::handle(Target& target) {
  core::Core& core = target.core;
  core.spend(interrupts_.receive);
  core.look(target.request);
  core.spend(flush_);
  core.touch(target.answer);
  core.simulation().at(core.now(), [this, &target] {
    target.answered = true;
    waiting_->unpark();
  });
  core.spend(interrupts_.leave);
}

void Shootdown::flush(core::Core& by, int socket) {
  by.spend(flush_);
  if (targets_.empty()) return;
  waiting_ = &by;
  for (Target& target : targets_) {
    target.answered = false;
    by.touch(target.request);
    by.touch(target.answer);  // locked until it comes
  }
  interrupt_all(by, socket);
  for (Target& target : targets_) {
    while (!target.answered) by.park();
    by.look(target.answer);
  }
}

void Shootdown::interrupt_all(core::Core& by, int socket) {
  int in_cluster = 0;
  int last_socket = -1;
  for (Target& target : targets_) {
    if (target.socket != last_socket || in_cluster == core::InterruptParams::kCluster) {
      by.spend(interrupts_.ipi_send);
      in_cluster = 0;
      last_socket = target.socket;
    }
    ++in_cluster;
    const sim::Time arrives = by.now() + interrupts_.deliver(target.socket != socket);
    by.simulation().at(arrives, [&target] {
      target.interrupted = true;
      target.core.unpark();
    });
  }
}

}  // namespace tiering
