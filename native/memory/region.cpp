// SPDX-License-Identifier: Apache-2.0
#include "native/memory/region.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "native/system_error.h"
#include "sim/config_error.h"

namespace native {

using tiering::Batch;

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

namespace {

// A gap as large as a batch follows each, so that the kernel makes no one mapping of two.
constexpr std::int64_t kSpread = 2;

[[noreturn]] void throw_unsupported(const char* what) {
  throw sim::ConfigError(
      "", std::string("this machine does not offer ") + what + ": " + std::strerror(errno),
      "it takes Linux 5.19 and a sandbox that allows userfaultfd");
}

File open_tier(const char* name, std::int64_t bytes) {
  File file(::memfd_create(name, MFD_CLOEXEC));
  if (file.get() < 0) throw_system_error("memfd_create");
  if (::ftruncate(file.get(), bytes) != 0) throw_system_error("ftruncate");
  return file;
}

File open_faults() {
  File file(
      static_cast<int>(::syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY)));
  if (file.get() < 0) throw_unsupported("userfaultfd");
  uffdio_api api{.api = UFFD_API,
                 .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
                 .ioctls = 0};
  if (::ioctl(file.get(), UFFDIO_API, &api) != 0)
    throw_unsupported("write protection of shared memory by userfaultfd");
  return file;
}

std::size_t bytes_of_page() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::int64_t file_bytes(Batch batches, int pages) {
  return kSpread * batches * pages * static_cast<std::int64_t>(bytes_of_page());
}

}  // namespace

Region::Region(Batch batches, int pages)
    : pages_(pages),
      page_bytes_(bytes_of_page()),
      tiers_{open_tier("wavesim-slow", file_bytes(batches, pages)),
             open_tier("wavesim-fast", file_bytes(batches, pages))},
      faults_(open_faults()),
      fast_(static_cast<std::size_t>(batches)),
      buffer_(batch_bytes()) {
  void* const room = ::mmap(nullptr, fast_.size() * batch_bytes(), PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) throw_system_error("mmap of a region");
  base_ = static_cast<std::byte*>(room);
  try {
    for (Batch b = 0; b < batches; ++b) {
      map(b, true);
      watch(b);
      fast_[static_cast<std::size_t>(b)] = 1;
    }
  } catch (...) {
    ::munmap(base_, fast_.size() * batch_bytes());
    throw;
  }
}

Region::~Region() {
  ::munmap(base_, fast_.size() * batch_bytes());
}

Batch Region::fast_batches() const {
  return static_cast<Batch>(
      std::ranges::count_if(fast_, [](const auto& fast) { return fast.load() != 0; }));
}

void Region::move(Batch batch, bool fast) {
  if (is_fast(batch) == fast) return;
  protect(batch);
  copy(batch, fast);
  map(batch, fast);
  watch(batch);
  clear_access_bits(batch);  // mapping the pages has set them all
  fast_[static_cast<std::size_t>(batch)].store(fast ? 1 : 0, std::memory_order_relaxed);
  release(batch);
}

/// From here on stores to the batch wait; those made before are in the file.
void Region::protect(Batch number) const {
  uffdio_writeprotect range{
      .range = {.start = reinterpret_cast<std::uintptr_t>(batch(number)), .len = batch_bytes()},
      .mode = UFFDIO_WRITEPROTECT_MODE_WP};
  if (::ioctl(faults_.get(), UFFDIO_WRITEPROTECT, &range) != 0)
    throw_system_error("write protection of a batch");
}

void Region::copy(Batch number, bool fast) {
  const auto bytes = static_cast<ssize_t>(batch_bytes());
  if (::pread(tier(!fast).get(), buffer_.data(), batch_bytes(), offset(number)) != bytes ||
      ::pwrite(tier(fast).get(), buffer_.data(), batch_bytes(), offset(number)) != bytes)
    throw_system_error("copying a batch");
}

/// In one step for all other threads: they see the old mapping or the new one.
void Region::map(Batch number, bool fast) const {
  void* const mapped =
      ::mmap(batch(number), batch_bytes(), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_FIXED | MAP_POPULATE, tier(fast).get(), offset(number));
  if (mapped == MAP_FAILED) throw_system_error("mmap of a batch");
  // A huge page has one access bit. Kernels that know none refuse this, and need not be told.
  ::madvise(mapped, batch_bytes(), MADV_NOHUGEPAGE);
}

void Region::watch(Batch number) const {
  uffdio_register range{
      .range = {.start = reinterpret_cast<std::uintptr_t>(batch(number)), .len = batch_bytes()},
      .mode = UFFDIO_REGISTER_MODE_WP,
      .ioctls = 0};
  if (::ioctl(faults_.get(), UFFDIO_REGISTER, &range) != 0)
    throw_unsupported("write protection of shared memory by userfaultfd");
}

/// Lets those go on that were held off, and frees what the batch leaves behind.
void Region::release(Batch number) {
  uffd_msg fault{};
  while (::read(faults_.get(), &fault, sizeof fault) == sizeof fault) ++held_off_;
  uffdio_range range{.start = reinterpret_cast<std::uintptr_t>(batch(number)),
                     .len = batch_bytes()};
  if (::ioctl(faults_.get(), UFFDIO_WAKE, &range) != 0) throw_system_error("waking writers");
  if (::fallocate(tier(!is_fast(number)).get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  offset(number), static_cast<off_t>(batch_bytes())) != 0)
    throw_system_error("freeing what a batch leaves");
}

void Region::clear_access_bits(Batch number) const {
  if (::madvise(batch(number), batch_bytes(), MADV_COLD) != 0)
    throw_unsupported("clearing of access bits (MADV_COLD)");
}

std::int64_t Region::offset(Batch number) const {
  return kSpread * number * static_cast<std::int64_t>(batch_bytes());
}

}  // namespace native
