// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "native/words.h"

namespace native {

/// Memory that processes forked later share with this one. It has no name: it is gone with the last
/// process that maps it, however that ends. All zeroes at first.
class SharedMemory {
 public:
  explicit SharedMemory(std::int64_t bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  Words words() const { return Words(base_); }
  std::int64_t bytes() const { return static_cast<std::int64_t>(bytes_); }

 private:
  std::size_t bytes_;
  std::byte* base_;
};

}  // namespace native
