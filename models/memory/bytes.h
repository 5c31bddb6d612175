// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>

#include "models/memory/memory_type.h"

namespace memory {

/// Nearly all that is copied is a word or a line; with a size that the compiler knows that takes
/// no call.
inline void copy_bytes(std::byte* to, const std::byte* from, std::size_t size) {
  if (size == kWord)
    std::memcpy(to, from, kWord);
  else if (size == kCacheLine)
    std::memcpy(to, from, kCacheLine);
  else
    std::memcpy(to, from, size);
}

}  // namespace memory
