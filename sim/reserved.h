// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace sim {

/// Address space for an array that grows in place: what lies in it never moves, and memory is taken
/// only for what has been touched.
class Reserved {
 public:
  explicit Reserved(std::size_t bytes);
  ~Reserved();
  Reserved(const Reserved&) = delete;
  Reserved& operator=(const Reserved&) = delete;

  void* data() const { return data_; }
  /// The first `bytes` are going to be in use: asks for large pages if they fill some. Far apart
  /// entries otherwise miss in the TLB each time.
  void use(std::size_t bytes);

 private:
  void* mapped_;
  std::size_t mapped_bytes_;
  std::byte* data_;  // aligned for large pages
};

}  // namespace sim
