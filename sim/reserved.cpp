// SPDX-License-Identifier: Apache-2.0
#include "sim/reserved.h"

#include <cstdint>
#include <new>
#include <sys/mman.h>

#include "sim/check.h"

namespace sim {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;

std::byte* round_up(std::byte* p) {
  const auto over = reinterpret_cast<std::uintptr_t>(p) % kLargePage;
  return over == 0 ? p : p + (kLargePage - over);
}

}  // namespace

Reserved::Reserved(std::size_t bytes) : mapped_bytes_(bytes + kLargePage) {
  mapped_ = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped_ == MAP_FAILED) throw std::bad_alloc();
  data_ = round_up(static_cast<std::byte*>(mapped_));
}

Reserved::~Reserved() {
  SIM_CHECK(::munmap(mapped_, mapped_bytes_) == 0);
}

void Reserved::use(std::size_t bytes) {
  constexpr int kCollapse = 25;  // MADV_COLLAPSE, Linux 6.1
  if (bytes < kLargePage) return;
  ::madvise(data_, bytes, MADV_HUGEPAGE);  // both are hints: they may fail
  ::madvise(data_, bytes / kLargePage * kLargePage, kCollapse);
}

}  // namespace sim
