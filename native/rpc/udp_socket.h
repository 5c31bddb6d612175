// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace native {

using Port = std::uint16_t;

/// A datagram socket of this machine's loopback, seen from nowhere else. Nothing here waits.
class UdpSocket {
 public:
  /// With a free port. Throws std::system_error when the machine has none.
  UdpSocket();
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  Port port() const { return port_; }
  int descriptor() const { return descriptor_; }

  struct Received {
    std::span<const std::byte> bytes;  // of the buffer that was given
    Port from = 0;
  };
  /// The next datagram, if there is one; what is longer than the buffer is cut.
  std::optional<Received> receive(std::span<std::byte> buffer) const;
  /// Three parts as one datagram. False if the machine dropped it: its buffers are full, or nobody
  /// listens there any more.
  bool send(Port to, std::span<const std::byte> first, std::span<const std::byte> second,
            std::span<const std::byte> third) const;

 private:
  int descriptor_;
  Port port_;
};

}  // namespace native
