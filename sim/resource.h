// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "sim/wait_list.h"

namespace sim {

/// Some number of equal units that processes take and give back. First come, first served: a large
/// request at the head of the line holds up the small ones behind it.
class Resource {
 public:
  class Acquire;

  Resource(Simulation& sim, std::int64_t units, std::string name = {})
      : units_(units), available_(units), takers_(sim, std::move(name)) {
    SIM_CHECK(units > 0);
  }

  /// `co_await resource.acquire()` waits until `units` are there for this process, and takes them.
  [[nodiscard]] Acquire acquire(std::int64_t units = 1);
  void release(std::int64_t units = 1) {
    SIM_CHECK(units > 0 && available_ + units <= units_);  // nobody gives back what was not taken
    available_ += units;
    serve();
  }

  std::int64_t units() const { return units_; }
  /// Units that nobody has, and none is about to have.
  std::int64_t available() const { return available_; }
  std::size_t waiting() const { return takers_.waiting(); }

 private:
  void serve();

  const std::int64_t units_;
  std::int64_t available_;
  WaitList takers_;
};

class Resource::Acquire : WaitList::Waiter {
 public:
  Acquire(Resource& resource, std::int64_t units) : resource_(resource), units_(units) {
    SIM_CHECK(units > 0 && units <= resource.units_);
  }
  /// The process may be destroyed while it waits, or when it has been woken.
  ~Acquire() {
    if (!outside()) [[unlikely]]
      give_up();
  }

  bool await_ready() {
    if (resource_.takers_.somebody_waits() || resource_.available_ < units_) return false;
    resource_.available_ -= units_;
    return true;
  }
  void await_suspend(std::coroutine_handle<> process) { wait(resource_.takers_, process); }
  void await_resume() {
    if (!outside()) arrive();
  }

 private:
  friend class Resource;
  void give_up();

  Resource& resource_;
  std::int64_t units_;
};

inline Resource::Acquire Resource::acquire(std::int64_t units) {
  return {*this, units};
}

/// Units are taken for a process as it is woken, so that nobody gets in between.
inline void Resource::serve() {
  while (takers_.somebody_waits()) {
    const std::int64_t wanted = static_cast<Acquire&>(takers_.first_waiting()).units_;
    if (wanted > available_) return;
    available_ -= wanted;
    takers_.wake_first();
  }
}

inline void Resource::Acquire::give_up() {
  if (woken()) resource_.available_ += units_;
  leave(resource_.takers_);
  resource_.serve();
}

}  // namespace sim
