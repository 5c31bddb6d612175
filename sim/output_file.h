// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace sim {

/// Calls `write` with a stream and puts what it wrote into the file at `path`, all of it or
/// nothing: it goes to `path`.partial, which is renamed when it is complete. Throws
/// std::runtime_error that names the path if the file cannot be written, and lets pass what `write`
/// throws; either way no partial file stays behind, and a former file stays as it was.
///
/// A device or a pipe is written to as it is: it must not be replaced by a file.
///
/// Not promised: that the file survives a loss of power right after (there is no fsync), nor that
/// two processes may write the same path at once.
void write_file(const std::string& path, const std::function<void(std::ostream&)>& write);

/// Whether there is something else than a file.
bool is_device(const std::string& path);

}  // namespace sim
