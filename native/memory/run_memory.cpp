// SPDX-License-Identifier: Apache-2.0
#include "native/memory/run_memory.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "native/memory/access_bits.h"
#include "native/memory/tiering_threads.h"
#include "sim/config_error.h"
#include "sim/parameters.h"
#include "sim/random.h"

namespace native {
namespace {

/// A run's parts, and what was counted when.
class MemoryRun {
 public:
  explicit MemoryRun(const MemoryOptions& options)
      : options_(options),
        region_(options.batches, options.batch_pages),
        bits_(region_),
        load_(region_, options.load, options.seed) {
    for (int part = 0; part < options.agents; ++part)
      channels_.push_back(std::make_unique<TieringChannel>());
    host_.emplace(
        MemoryHost::Parts{.region = region_,
                          .bits = bits_,
                          .channels = channels_,
                          .times = options.times(),
                          .slow_share = [this] { return 1 - since(iteration_).hit_rate(); },
                          .epoch_over = [this](sim::Duration now) { end_epoch(now); },
                          .check_agent = [this] { agent_->check(); }});
  }

  MemoryReport run(const std::atomic<bool>& interrupted) {
    agent_.emplace(make_policies(), tiering::HotSetParams{.objective = options_.objective},
                   channels_);
    load_.start();
    report_.measured = host_->run(options_.length, interrupted);
    load_.stop();
    agent_->join();
    return take_report();
  }

 private:
  std::vector<tiering::TieringAgent::PartPolicy> make_policies() {
    std::vector<tiering::TieringAgent::PartPolicy> policies;
    for (int part = 0; part < options_.agents; ++part) {
      const tiering::Part its{
          .batches = host_->layout().batches_of(part),
          .pages = options_.batch_pages,
          .shortest = tiering::Seconds{sim::to_seconds(options_.shortest_period)},
          .periods = options_.periods,
          .seed = sim::Stream(options_.seed, "policy of part " + std::to_string(part))()};
      auto policy = std::make_unique<tiering::Sol>(its, tiering::SolParams{});
      sols_.push_back(policy.get());
      policies.push_back({.policy = std::move(policy), .batches = its.batches});
    }
    return policies;
  }

  /// The accesses since `before`, which is moved on to the present.
  PageLoad::Accesses since(PageLoad::Accesses& before) {
    const PageLoad::Accesses now = load_.accesses();
    return now - std::exchange(before, now);
  }

  void end_epoch(sim::Duration now) {
    report_.epochs.push_back({.until = now,
                              .hit_rate = since(epoch_).hit_rate(),
                              .fast_batches = region_.fast_batches()});
  }

  MemoryReport take_report() {
    report_.accesses = load_.accesses();
    report_.daemon = host_->stats();
    report_.migrator = host_->migrator();
    report_.agent = agent_->stats();
    for (const tiering::Sol* sol : sols_) report_.sol = report_.sol + sol->stats();
    report_.held_off = region_.held_off();
    report_.lost = load_.lost();
    report_.fast_batches = region_.fast_batches();
    for (std::int64_t rank = 0; rank < report_.fast_batches; ++rank)
      if (region_.is_fast(load_.popular(rank))) ++report_.popular_fast;
    report_.by_period = host_->batches_by_period();
    return std::move(report_);
  }

  const MemoryOptions options_;
  Region region_;
  AccessBits bits_;
  PageLoad load_;
  std::vector<std::unique_ptr<TieringChannel>> channels_;
  std::optional<MemoryHost> host_;
  std::vector<const tiering::Sol*> sols_;
  std::optional<TieringThreads> agent_;
  PageLoad::Accesses iteration_;
  PageLoad::Accesses epoch_;
  MemoryReport report_;
};

}  // namespace

void check(const MemoryOptions& options) {
  sim::require_in_range(options);
  sim::require(options.agents <= options.batches, "agents", "are more than there are batches",
               "give fewer");
}

MemoryReport run_memory(const MemoryOptions& options, const std::atomic<bool>& interrupted) {
  check(options);
  return MemoryRun(options).run(interrupted);
}

}  // namespace native
