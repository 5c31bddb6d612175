// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/strict_json.h"

namespace store {

/// Calls `visit` with the result document of each complete point of a store: the JSON object that
/// `wavesim sweep` prints, the same to the last byte. Ordered by file, then as the file orders its
/// points, whatever the order in which they were run.
///
/// Sees the store as it was at the start, also while a sweep adds to it. Throws sim::ConfigError
/// for a file that cannot be read, is no store, or has another schema.
void for_each_document(const std::string& path, const std::function<void(const sim::Json&)>& visit);

/// The same, with the name of the experiment file that asked for the point.
void for_each_document_by_file(
    const std::string& path,
    const std::function<void(const std::string& file, const sim::Json&)>& visit);

/// The same for each point that a sweep asks for and that is not complete: with its error if it
/// failed, with none if it was not run.
void for_each_missing_by_file(
    const std::string& path,
    const std::function<void(const std::string& file, const sim::Json&)>& visit);

/// All of those that are complete.
std::vector<sim::Json> documents_in(const std::string& path);

}  // namespace store
