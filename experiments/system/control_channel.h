// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "models/pcie/link.h"
#include "subsystems/wave/agent_launcher.h"

namespace experiments {

/// What has been sent on one way and has not arrived, oldest first.
class UnderWay {
 public:
  void send(std::function<void()> arrived) { sent_.push_back(std::move(arrived)); }
  void arrive() {
    const auto oldest = std::move(sent_.front());
    sent_.pop_front();
    oldest();
  }

 private:
  std::deque<std::function<void()>> sent_;
};

/// Commands and reports as posted writes on the link: behind those sent before, and held up when
/// it stands still.
class PcieChannel : public wave::ControlChannel {
 public:
  explicit PcieChannel(pcie::Link& link) : link_(link) {}

  void to_agents(std::function<void()> arrived) override {
    carry(pcie::Direction::kToEndpoint, down_, std::move(arrived));
  }
  void to_host(std::function<void()> arrived) override {
    carry(pcie::Direction::kToRootComplex, up_, std::move(arrived));
  }

 private:
  void carry(pcie::Direction direction, UnderWay& way, std::function<void()> arrived) {
    constexpr sim::Bytes kWord{8};
    way.send(std::move(arrived));
    link_.post(direction, kWord, [&way] { way.arrive(); });
  }

  pcie::Link& link_;
  UnderWay down_;
  UnderWay up_;
};

/// Host and agents run under one kernel, or one that needs no link to reach the other's memory: no
/// time to speak of beside that of starting a process.
class LocalChannel : public wave::ControlChannel {
 public:
  explicit LocalChannel(sim::Simulation& sim) : sim_(sim) {}

  void to_agents(std::function<void()> arrived) override { carry(std::move(arrived)); }
  void to_host(std::function<void()> arrived) override { carry(std::move(arrived)); }

 private:
  void carry(std::function<void()> arrived) {
    under_way_.send(std::move(arrived));
    sim_.after(sim::Duration{0}, [this] { under_way_.arrive(); });
  }

  sim::Simulation& sim_;
  UnderWay under_way_;
};

}  // namespace experiments
