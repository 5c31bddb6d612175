// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

#include "native/shared_memory.h"

namespace native {

/// What an agent has thrown, for its host, which may be another process.
class AgentFailure {
 public:
  AgentFailure() : memory_(kBytes) {}

  /// The agent's; the first one's failure stays. The text is cut off at some length.
  void note(const std::exception& error) const;
  /// The host's:
  bool noted() const;
  /// Throws it as a sim::ConfigError if it was one, as when a policy is at fault, or else as a
  /// std::runtime_error; does nothing if there is none.
  void rethrow() const;

 private:
  static constexpr std::int64_t kBytes = 1024;

  SharedMemory memory_;
};

}  // namespace native
