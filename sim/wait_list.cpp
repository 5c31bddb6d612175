// SPDX-License-Identifier: Apache-2.0
#include "sim/wait_list.h"

namespace sim {

std::size_t WaitList::waiting() const {
  std::size_t count = 0;
  for (const Link* link = ends_.next; link != &ends_; link = link->next) ++count;
  return count;
}

WaitList::Waiter::Left WaitList::Waiter::leave() {
  if (state_ == State::kWaiting) unlink(*this);
  if (state_ == State::kWoken) {
    list_.agenda_.withdraw(ticket_);
    --list_.woken_;
  }
  return std::exchange(state_, State::kOutside);
}

}  // namespace sim
