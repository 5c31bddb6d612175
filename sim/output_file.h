// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace sim {

/// Where something is made that shall be the file at `path`, all of it or nothing: an empty file of
/// its own beside it, which goes away if nothing comes of it.
class PartialFile {
 public:
  /// It is named `path`.partial, or `path`.partial-2 and so on if somebody has such a file already.
  /// Throws std::runtime_error that names `path`.
  explicit PartialFile(const std::string& path);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const std::string& path() const { return path_; }

  /// A former file at `path` is replaced. Throws std::runtime_error that names `path`.
  void become_final();

 private:
  const std::string final_path_;
  std::string path_;  // empty: there is none any more
};

/// Calls `write` with a stream and puts what it wrote into the file at `path`, by way of a
/// PartialFile. Throws std::runtime_error that names the path if the file cannot be written, and
/// lets pass what `write` throws; either way no partial file stays behind, and a former file stays
/// as it was.
///
/// A device or a pipe is written to as it is: it must not be replaced by a file. Of several
/// processes that write the same path at once the last wins, whole.
///
/// Not promised: that the file survives a loss of power right after (there is no fsync).
void write_file(const std::string& path, const std::function<void(std::ostream&)>& write);

/// Whether there is something else than a file.
bool is_device(const std::string& path);

}  // namespace sim
