// SPDX-License-Identifier: Apache-2.0
#include "native/shared_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include "native/system_error.h"

namespace native {
namespace {

std::byte* map(std::size_t bytes) {
  const int file = ::memfd_create("wavesim", MFD_CLOEXEC);
  if (file < 0) throw_system_error("memfd_create");
  void* memory = MAP_FAILED;
  if (::ftruncate(file, static_cast<off_t>(bytes)) == 0)
    memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);  // the mapping keeps it
  if (memory == MAP_FAILED) throw_system_error("mmap of shared memory");
  return static_cast<std::byte*>(memory);
}

}  // namespace

SharedMemory::SharedMemory(std::int64_t bytes)
    : bytes_(static_cast<std::size_t>(bytes)), base_(map(bytes_)) {}

SharedMemory::~SharedMemory() {
  ::munmap(base_, bytes_);
}

}  // namespace native
