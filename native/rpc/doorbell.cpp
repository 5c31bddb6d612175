// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/doorbell.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace native {

Doorbell::Doorbell() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Doorbell::~Doorbell() {
  close(event_);
}

// Either the sleeper's last look sees what was written before `ring`, or `ring` sees that it is
// about to sleep: both sides write one place and then read the other's, in one order for all
// (Dekker). Of the two exchanges one comes first, and the other sees what came before it.
void Doorbell::prepare() {
  sleeping_.exchange(true, std::memory_order_seq_cst);
}

void Doorbell::ring() {
  if (!sleeping_.exchange(false, std::memory_order_seq_cst)) return;
  const std::uint64_t one = 1;
  // Fails when it is rung already, as often as it can be.
  [[maybe_unused]] const ssize_t written = write(event_, &one, sizeof one);
}

void Doorbell::sleep(int descriptor, std::chrono::nanoseconds at_most) {
  std::array<pollfd, 2> wanted{{{.fd = event_, .events = POLLIN, .revents = 0},
                                {.fd = descriptor, .events = POLLIN, .revents = 0}}};
  const timespec limit{.tv_sec = static_cast<time_t>(at_most.count() / 1'000'000'000),
                       .tv_nsec = static_cast<long>(at_most.count() % 1'000'000'000)};
  ppoll(wanted.data(), wanted.size(), &limit, nullptr);
  stay();
  std::uint64_t rings = 0;
  [[maybe_unused]] const ssize_t drained = read(event_, &rings, sizeof rings);
}

}  // namespace native
