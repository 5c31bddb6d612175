// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace cluster {

/// The processes that mpirun has started together, and messages between them. None of these waits
/// for anybody, so that a rank that is gone holds up nobody.
class Ranks {
 public:
  struct Message {
    int from;
    std::string text;
  };

  virtual ~Ranks() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// Messages from one rank to another keep their order.
  virtual void send(int to, std::string text) = 0;
  /// The next message that has arrived in full, if any has.
  virtual std::optional<Message> receive() = 0;
  /// At the end ranks wait for each other, and would do so forever for one that is gone. After this
  /// call this one does not wait.
  virtual void leave_alone() = 0;
};

/// This process's, if mpirun has started it and others with it. What knows MPI is a file beside the
/// program that is loaded only then, so the program runs where no MPI is installed. Throws
/// sim::ConfigError if it was built without MPI.
std::unique_ptr<Ranks> ranks_of_mpirun();

}  // namespace cluster
