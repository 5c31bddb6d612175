// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace commands {

/// Of the program and of what built it.
const char* version();

}  // namespace commands
