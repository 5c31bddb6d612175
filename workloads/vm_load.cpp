// SPDX-License-Identifier: Apache-2.0
#include "workloads/vm_load.h"

#include <algorithm>

#include "sim/distributions.h"
#include "sim/random.h"

namespace workloads {

class VmLoad::Vcpu : public scheduling::ThreadBody {
 public:
  Vcpu(bool busy, int vm) : busy_(busy), vm_(vm) {}
  scheduling::Step next(core::Core&) override {
    constexpr sim::Duration kSome = std::chrono::milliseconds{1};  // of an endless loop
    if (!busy_) return {.kind = scheduling::Step::Kind::kBlock};
    return {.kind = scheduling::Step::Kind::kRun, .work = kSome};
  }
  bool is_guest() const override { return true; }
  int process() const override { return vm_; }

 private:
  const bool busy_;
  const int vm_;
};

VmLoad::VmLoad(const VmLoadParams& params, scheduling::Kernel& kernel, core::Core& creator,
               wave::Producer& messages, std::uint64_t seed)
    : params_(params), kernel_(kernel), creator_(creator), messages_(messages), seed_(seed) {
  for (int t = 0; t < threads(); ++t) vcpus_.emplace_back(is_busy(t), t % params_.vms);
}

VmLoad::~VmLoad() = default;

/// Threads are made in this order: the first vCPU of each VM, then the second of each.
std::vector<std::int32_t> VmLoad::vm_of() const {
  std::vector<std::int32_t> vm_of{-1};  // no thread has tid 0
  for (const Vcpu& vcpu : vcpus_) vm_of.push_back(vcpu.process());
  return vm_of;
}

std::vector<sim::Duration> VmLoad::start_times() const {
  sim::Stream random(seed_, "vCPUs");
  const sim::Uniform within(sim::Duration{0}, params_.start_within);
  std::vector<sim::Duration> times;
  for (int t = 0; t < threads(); ++t) times.push_back(within(random));
  std::ranges::sort(times);
  return times;
}

void VmLoad::start() {
  creator_.start([this] {
    const std::vector<sim::Duration> times = start_times();
    for (std::size_t t = 0; t < vcpus_.size(); ++t) {
      creator_.sleep_until(sim::Time{times[t]});
      kernel_.enter(vcpus_[t], is_busy(static_cast<int>(t)), creator_, messages_);
    }
    creator_.sync();
  });
}

double VmLoad::instructions(sim::Duration work) const {
  return sim::to_seconds(work) * static_cast<double>(core::kReferenceClock.hertz()) *
         params_.instructions_per_cycle;
}

}  // namespace workloads
