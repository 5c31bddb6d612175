// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sim {

/// Prints what was promised and where, then aborts.
[[noreturn, gnu::cold]] void broken(const char* promise, const char* file, int line);

}  // namespace sim

/// The simulator is wrong. Kept in release builds: a wrong number costs more than a crash.
#define SIM_CHECK(promise) ((promise) ? void() : ::sim::broken(#promise, __FILE__, __LINE__))
