// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace sim {

/// Memory for coroutine frames, kept for the next coroutine of the same size.
///
/// The lists belong to the thread, not to a simulation: all that a promise's operator new sees is
/// the coroutine's arguments, and all that operator delete sees is a pointer. No run can tell.
void* take_frame(std::size_t size);
void give_frame(void* frame, std::size_t size) noexcept;

}  // namespace sim
