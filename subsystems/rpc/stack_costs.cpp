// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/stack_costs.h"

namespace rpc {

sim::Duration StackCosts::of(Stage stage, std::uint32_t bytes) const {
  const std::int64_t n = bytes;
  switch (stage) {
    case Stage::kReceiveDriver:
      return receive_driver;
    case Stage::kReceiveTransport:
      return receive_transport + n * transport_per_byte + byte_work(bytes);
    case Stage::kDeserialise:
      return deserialise + n * deserialise_per_byte;
    case Stage::kDispatch:
      return dispatch;
    case Stage::kSerialise:
      return serialise + n * serialise_per_byte;
    case Stage::kSendTransport:
      return send_transport + n * transport_per_byte + byte_work(bytes);
    case Stage::kSendDriver:
      return send_driver;
  }
  return {};
}

sim::Duration StackCosts::byte_work(std::uint32_t bytes) const {
  const std::int64_t n = bytes;
  sim::Duration all{};
  if (checksum == ByteWork::kCore) all += n * checksum_per_byte;
  if (encryption == ByteWork::kCore) all += encrypt + n * encrypt_per_byte;
  return all;
}

/// TAS (EuroSys'19, table 1), recalled: 730 cycles of driver and 13,450 of IP, TCP and sockets for
/// a request and its reply, half of them each way, by 1.31 x 3.5 for Zen 3; one copy.
StackCosts over_kernel_tcp() {
  StackCosts costs;
  costs.receive_driver = costs.send_driver = 80ns;
  costs.receive_transport = costs.send_transport = 1470ns;
  costs.transport_per_byte = 190_ps;
  return costs;
}

/// 10 M small calls a second and core, as the abstract of eRPC (NSDI'19) states, on cores that are
/// 1.84 times slower than Zen 3: 54 ns. How they fall into stages is a guess.
StackCosts bare_metal() {
  StackCosts costs;
  costs.receive_driver = costs.send_driver = 8ns;
  costs.receive_transport = costs.send_transport = 8ns;
  costs.transport_per_byte = 107_ps;
  costs.deserialise = costs.serialise = 5ns;
  costs.deserialise_per_byte = costs.serialise_per_byte = 0_ps;
  costs.dispatch = 12ns;
  return costs;
}

}  // namespace rpc
