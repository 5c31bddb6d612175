// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define SIM_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIM_ADDRESS_SANITIZER 1
#endif
#endif

#ifdef SIM_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace sim {

#ifdef SIM_ADDRESS_SANITIZER

/// Built with AddressSanitizer. Pools then stand back, so that it sees every use after free.
inline constexpr bool kSanitized = true;

/// Before a switch to another stack. `own` keeps what belongs to the present one; null if it ends.
inline void announce_switch(void** own, const void* bottom, std::size_t size) {
  __sanitizer_start_switch_fiber(own, bottom, size);
}
/// After the switch: `own` is what this stack had kept; the other is the one that was left.
inline void confirm_switch(void* own, const void** other_bottom, std::size_t* other_size) {
  __sanitizer_finish_switch_fiber(own, other_bottom, other_size);
}
/// Memory that is about to be used anew, whatever its last user left there.
inline void forget_poison(const void* bottom, std::size_t size) {
  __asan_unpoison_memory_region(bottom, size);
}

#else

inline constexpr bool kSanitized = false;
inline void announce_switch(void**, const void*, std::size_t) {}
inline void confirm_switch(void*, const void**, std::size_t*) {}
inline void forget_poison(const void*, std::size_t) {}

#endif

}  // namespace sim
