// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiments/system/rpc_stats.h"
#include "models/core/core.h"
#include "subsystems/rpc/stack/runtime.h"

namespace experiments {

/// A stack's runtime that notes how long its core takes for each call.
class MeteredStack : public rpc::Runtime {
 public:
  MeteredStack(rpc::Runtime& runtime, core::Core& core) : runtime_(runtime), core_(core) {}

  rpc::Instant now() override { return runtime_.now(); }
  bool leaving() override { return runtime_.leaving(); }
  rpc::Worker workers() const override { return runtime_.workers(); }
  rpc::Event poll(rpc::Instant deadline) override;
  void give(rpc::Worker worker, const rpc::Message& message) override;
  bool transmit(const rpc::Packet& packet, rpc::Worker from) override;
  void charge(rpc::Stage stage, std::uint32_t bytes) override;

  const StackTime& time() const { return time_; }

 private:
  rpc::Runtime& runtime_;
  core::Core& core_;
  StackTime time_;
};

}  // namespace experiments
