// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/store/database.h"

namespace store {

/// Opens a store to add to it; makes one where there is no file, or an empty one. Throws
/// sim::ConfigError for a file that is something else, or a store with another schema.
Database open_to_write(const std::string& path);

/// Opens a store that must be there.
Database open_to_read(const std::string& path);

/// Whether its points say what ended them: stores of before do not, until they are written to.
/// `schema` is the name of an attached one.
bool has_endings(Database& database, const std::string& schema = "main");

/// For who finds in a store what no program has written. Throws sim::ConfigError.
[[noreturn]] void refuse_damaged_point(const Database& database, const std::string& key);

}  // namespace store
