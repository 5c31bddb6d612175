// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/watched_memory.h"

#include <algorithm>
#include <bit>
#include <csignal>
#include <new>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

#include "sim/check.h"

namespace capture {
namespace {

// A signal's handler has nothing else to find its memory by.
std::atomic<WatchedMemory*> watched{nullptr};
struct sigaction before_us;

char* reserve(std::size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  // A huge page would be split at the first fault, at a cost, and say nothing about its parts.
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  return static_cast<char*>(memory);
}

}  // namespace

/// Threads that fault wait for one another.
class WatchedMemory::Noting {
 public:
  explicit Noting(std::atomic_flag& flag) : flag_(flag) {
    while (flag_.test_and_set(std::memory_order_acquire)) {
    }
  }
  ~Noting() { flag_.clear(std::memory_order_release); }
  Noting(const Noting&) = delete;
  Noting& operator=(const Noting&) = delete;

 private:
  std::atomic_flag& flag_;
};

std::size_t WatchedMemory::page_size() {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

WatchedMemory::WatchedMemory(std::size_t pages)
    : pages_(pages), begin_(reserve(pages * page_size())), states_(pages), noted_(pages) {
  WatchedMemory* nobody = nullptr;
  SIM_CHECK(watched.compare_exchange_strong(nobody, this));
  struct sigaction action {};
  action.sa_sigaction = [](int signal, siginfo_t* info, void* context) {
    on_fault(signal, info, context);
  };
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  SIM_CHECK(sigaction(SIGSEGV, &action, &before_us) == 0);
}

WatchedMemory::~WatchedMemory() {
  sigaction(SIGSEGV, &before_us, nullptr);
  watched = nullptr;
  munmap(begin_, pages_ * page_size());
}

std::size_t WatchedMemory::rounded(std::size_t size) {
  constexpr std::size_t kLeast = 64;
  if (size <= kLeast) return kLeast;
  const std::size_t step = std::bit_ceil(size) / 8;
  return (size + step - 1) / step * step;
}

void* WatchedMemory::allocate(std::size_t size) {
  const std::size_t whole = rounded(size);
  const std::lock_guard lock(mutex_);
  std::vector<char*>& free = free_[whole];
  char* place = begin_ + used_;
  if (!free.empty()) {
    place = free.back();
    free.pop_back();
  } else {
    if (whole > pages_ * page_size() - used_) throw std::bad_alloc();
    used_ += whole;
  }
  size_of_[place] = whole;
  return place;
}

void WatchedMemory::deallocate(void* memory) {
  const std::lock_guard lock(mutex_);
  const auto found = size_of_.find(static_cast<char*>(memory));
  SIM_CHECK(found != size_of_.end());
  free_[found->second].push_back(static_cast<char*>(memory));
  size_of_.erase(found);
}

std::size_t WatchedMemory::used_pages() const {
  const std::lock_guard lock(mutex_);
  return (used_ + page_size() - 1) / page_size();
}

std::vector<PageAccess> WatchedMemory::noticed() {
  std::vector<PageAccess> accesses;
  accesses.reserve(pages_);  // before the lock: nobody may wait for a handler that waits for us
  const Noting noting(noting_);
  for (std::size_t i = 0; i < noted_pages_; ++i) {
    State& state = states_[noted_[i]];
    accesses.push_back({noted_[i], state == State::kWritten});
    state = State::kClosed;
  }
  noted_pages_ = 0;
  protect(0, pages_, PROT_NONE);
  return accesses;
}

/// Whoever faults elsewhere gets what he would have got without us: the fault comes again.
void WatchedMemory::on_fault(int, void* info, void*) {
  WatchedMemory* const memory = watched;
  if (memory != nullptr && memory->notice(static_cast<siginfo_t*>(info)->si_addr)) return;
  sigaction(SIGSEGV, &before_us, nullptr);
}

bool WatchedMemory::notice(const void* address) {
  const std::size_t page =
      (reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(begin_)) /
      page_size();
  if (page >= pages_) return false;
  note(page);
  return true;
}

/// The first access may be a write, which faults a second time: that is portable, where the reason
/// for a fault is not.
void WatchedMemory::note(std::size_t page) {
  const Noting noting(noting_);
  State& state = states_[page];
  if (state == State::kClosed) {
    noted_[noted_pages_++] = page;
    state = State::kRead;
    protect(page, 1, PROT_READ);
  } else if (state == State::kRead) {
    state = State::kWritten;
    protect(page, 1, PROT_READ | PROT_WRITE);
  }
}

void WatchedMemory::protect(std::size_t page, std::size_t count, int protection) {
  SIM_CHECK(mprotect(begin_ + page * page_size(), count * page_size(), protection) == 0);
}

}  // namespace capture
