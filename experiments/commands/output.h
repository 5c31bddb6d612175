// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace commands {

/// Writes results to standard output and flushes them. False when nobody reads them any more, as in
/// `wavesim run e4.json | head -1`, which is no error. Throws sim::ConfigError if they cannot be
/// written for another reason.
bool print(std::string_view text);

/// Throws sim::ConfigError with the reason that errno gives.
[[noreturn]] void refuse_to_write(const std::string& file);

/// Refuses an output that is one of the files that the command reads: it would be lost. An empty
/// path stands for standard output, and for nothing among what is read. Throws sim::ConfigError.
void require_not_read(const std::string& path, const std::vector<std::string>& read);

/// The same, and refuses a file that cannot be written, before anything is simulated for it.
void require_writable(const std::string& path, const std::vector<std::string>& read = {});

/// The same for several outputs, which have to be different files.
void require_writable_apart(const std::vector<std::string>& paths,
                            const std::vector<std::string>& read = {});

/// Refuses a name that no store of results should have, with what to write instead. Throws
/// sim::ConfigError.
void require_name_of_store(const std::string& path, const std::string& remedy);

/// Writes all of `text` to `path`, or nothing; an empty path stands for standard output.
void deliver(const std::string& path, std::string_view text);

}  // namespace commands
