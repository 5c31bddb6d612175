// SPDX-License-Identifier: Apache-2.0
#include "sim/wait_list.h"

namespace sim {

std::size_t WaitList::count(const Link* from, const Link* to) {
  std::size_t count = 0;
  for (; from != to; from = from->next) ++count;
  return count;
}

void WaitList::Waiter::leave(WaitList& list) {
  if (woken()) list.agenda_.withdraw(ticket_);
  if (list.waiting_ == this) list.waiting_ = next;
  arrive();
}

}  // namespace sim
