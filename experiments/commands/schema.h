// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace commands {

/// A JSON Schema (draft 7) of an experiment file, for editors; to `out`, or to standard output.
int schema(const std::string& out);

}  // namespace commands
