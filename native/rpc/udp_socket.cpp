// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/udp_socket.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>

namespace native {
namespace {

/// What a core's stack may fall behind by; the kernel grants less where it is configured so.
constexpr int kBufferBytes = 4 << 20;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in loopback(Port port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

Port bind_to_free_port(int descriptor) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(descriptor, generic, size) != 0) fail("bind to 127.0.0.1");
  if (getsockname(descriptor, generic, &size) != 0) fail("getsockname");
  return ntohs(address.sin_port);
}

iovec part(std::span<const std::byte> bytes) {
  return {.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()};
}

}  // namespace

UdpSocket::UdpSocket()
    : descriptor_(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  if (descriptor_ < 0) fail("socket");
  for (const int option : {SO_RCVBUF, SO_SNDBUF})
    setsockopt(descriptor_, SOL_SOCKET, option, &kBufferBytes, sizeof kBufferBytes);
  try {
    port_ = bind_to_free_port(descriptor_);
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

UdpSocket::~UdpSocket() {
  close(descriptor_);
}

std::optional<UdpSocket::Received> UdpSocket::receive(std::span<std::byte> buffer) const {
  sockaddr_in from{};
  socklen_t size = sizeof from;
  const ssize_t got = recvfrom(descriptor_, buffer.data(), buffer.size(), 0,
                               reinterpret_cast<sockaddr*>(&from), &size);
  if (got < 0) return std::nullopt;
  return Received{buffer.first(static_cast<std::size_t>(got)), ntohs(from.sin_port)};
}

bool UdpSocket::send(Port to, std::span<const std::byte> first, std::span<const std::byte> second,
                     std::span<const std::byte> third) const {
  sockaddr_in address = loopback(to);
  std::array<iovec, 3> parts{part(first), part(second), part(third)};
  msghdr message{};
  message.msg_name = &address;
  message.msg_namelen = sizeof address;
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return sendmsg(descriptor_, &message, MSG_NOSIGNAL) >= 0;
}

}  // namespace native
