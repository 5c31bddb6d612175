// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace commands {

/// Of the program and of what built it.
inline constexpr const char* kVersion = "wavesim " WAVESIM_VERSION " (" WAVESIM_COMPILER ")";

}  // namespace commands
