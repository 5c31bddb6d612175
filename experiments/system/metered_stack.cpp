// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/metered_stack.h"

#include "sim/check.h"

namespace experiments {
namespace {

/// Adds to `sum` what passes on the core's clock until it goes out of scope.
class Meter {
 public:
  Meter(core::Core& core, sim::Duration& sum) : core_(core), sum_(sum), since_(core.now()) {}
  ~Meter() { sum_ += core_.now() - since_; }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

 private:
  core::Core& core_;
  sim::Duration& sum_;
  const sim::Time since_;
};

sim::Duration& time_of(StackTime& time, rpc::Stage stage) {
  switch (stage) {
    case rpc::Stage::kReceiveDriver:
      return time.receive_driver;
    case rpc::Stage::kReceiveTransport:
      return time.receive_transport;
    case rpc::Stage::kDeserialise:
      return time.deserialise;
    case rpc::Stage::kDispatch:
      return time.dispatch;
    case rpc::Stage::kSerialise:
      return time.serialise;
    case rpc::Stage::kSendTransport:
      return time.send_transport;
    case rpc::Stage::kSendDriver:
      return time.send_driver;
  }
  sim::broken("a stage of a known kind", __FILE__, __LINE__);
}

}  // namespace

rpc::Event MeteredStack::poll(rpc::Instant deadline) {
  const Meter meter(core_, time_.poll);
  return runtime_.poll(deadline);
}

void MeteredStack::give(rpc::Worker worker, const rpc::Message& message) {
  const Meter meter(core_, time_.hand_over);
  runtime_.give(worker, message);
}

bool MeteredStack::transmit(const rpc::Packet& packet, rpc::Worker from) {
  const Meter meter(core_, time_.transmit);
  return runtime_.transmit(packet, from);
}

void MeteredStack::charge(rpc::Stage stage, std::uint32_t bytes) {
  const Meter meter(core_, time_of(time_, stage));
  runtime_.charge(stage, bytes);
}

}  // namespace experiments
