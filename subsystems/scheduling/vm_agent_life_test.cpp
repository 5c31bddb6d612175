// SPDX-License-Identifier: Apache-2.0
// Agents of virtual machines come and go, at random: no vCPU is lost, and no core is shared by two
// machines meanwhile.
//
// A failure prints its seed. To see it again:
//   WAVESIM_FAULT_SEED=123 scheduling_test --gtest_filter='*VmAgentsAtRandom*'
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/random.h"
#include "sim/sanitizer.h"
#include "sim/test_seeds.h"
#include "subsystems/scheduling/agent_keeper.h"
#include "subsystems/scheduling/invariants.h"
#include "subsystems/scheduling/policies/vm_agent.h"
#include "subsystems/scheduling/test_bench.h"
#include "subsystems/scheduling/vm_test_bench.h"

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using bench::ChannelDouble;
using bench::Guests;
using bench::HostMappings;
using bench::Interrupter;
using sim::Duration;
using sim::Time;

constexpr int kCpus = 4;
constexpr int kVms = 3;
constexpr int kVcpus = 9;

class VmProgram : public wave::Program {
 public:
  VmProgram(wave::Runtime& runtime, const VmPolicyOptions& options)
      : policy_(kCpus, options), agent_(runtime, policy_) {}
  void run() override { agent_.run(); }

 private:
  VmPolicy policy_;
  VmAgent agent_;
};

/// Two cores of two CPUs and three virtual machines of three vCPUs, an agent on the host or beyond
/// a link, and a keeper.
struct Bench {
  static constexpr int kWaker = kCpus;
  static constexpr int kKeeper = kCpus + 1;
  static constexpr int kAgents = kCpus + 2;  // by place
  static constexpr int kCores = kCpus + 4;
  static constexpr int kQueues = kCpus + 2;
  static constexpr std::int64_t kCapacity = 64;

  Bench(std::uint64_t seed, bool beyond, const KeeperParams& params)
      : beyond_link(beyond),
        sim(seed),
        guests(seed, kVms, kVcpus, 400us),
        region(sim, "queues", beyond ? nic : host, sim::Bytes{slot(0, 2).offset}),
        mappings(sim, region, beyond),
        notifier(bench::make_notifier(kernel, beyond)) {
    region.attach(&checker);
    for (int c = 0; c < kCores; ++c)
      cores.emplace_back(sim, "cpu" + std::to_string(c), host, c, core::CoreParams{});
    for (int c = 0; c < 2; ++c)
      nic_cores.emplace_back(sim, "nic" + std::to_string(c), nic, c, core::CoreParams{});
    for (int q = 0; q < kQueues; ++q) producers.emplace_back(mappings.messages(), queue(q, 0));
    for (int c = 0; c < kCpus; ++c) {
      readers.emplace_back(mappings.decisions(), slot(c, 0));
      kernel.add_cpu(core(c), producers[std::size_t(c)], readers[std::size_t(c)]);
    }
    kernel.enclave().tunables.agent_frees_status_words = false;
    kernel.start();
    launcher.start_at_once(0, 0);
    keeper.emplace(params,
                   AgentKeeper::Parts{.kernel = kernel,
                                      .launcher = launcher,
                                      .core = core(kKeeper),
                                      .messages = producers[kKeeper],
                                      .use_place = [this](int place, core::Core& by) {
                                        for (int q = 0; q < kQueues; ++q)
                                          producers[std::size_t(q)].move_to(queue(q, place));
                                        for (int c = 0; c < kCpus; ++c)
                                          readers[std::size_t(c)].move_to(slot(c, place), by);
                                      }});
    keeper->start();
    core(kWaker).start([this] { guests.wake_at_random(kernel, core(kWaker), producers[kWaker]); });
  }

  std::unique_ptr<wave::AgentProcess> make(wave::AgentNumber number, int place) {
    wave::AgentMemory memory{.queues = {}, .slots = {}};
    for (int q = 0; q < kQueues; ++q) memory.queues.push_back(queue(q, place));
    for (int c = 0; c < kCpus; ++c) memory.slots.push_back(slot(c, place));
    VmPolicyOptions options = guests.options(200us);
    options.takes_over = number > 0;
    return std::make_unique<wave::AgentProcess>(wave::AgentParts{
        .core = beyond_link ? nic_cores[std::size_t(place)] : core(kAgents + place),
        .mapping = mappings.own(),
        .notifier = *notifier,
        .costs = costs,
        .memory = std::move(memory),
        .program =
            [options](wave::Runtime& runtime) {
              return std::make_unique<VmProgram>(runtime, options);
            },
        .seed = sim.seed() + static_cast<std::uint64_t>(number),
        .may_fail = true});
  }

  static wave::QueuePlace queue(int q, int place) {
    return {.offset = place * place_bytes() + q * kCapacity * wave::kSlotBytes,
            .capacity = kCapacity,
            .words = wave::scheduling::kMessageWords};
  }
  static wave::SlotPlace slot(int c, int place) {
    return {.offset = place * place_bytes() + kQueues * kCapacity * wave::kSlotBytes +
                      c * wave::SlotPlace::kBytes};
  }
  static std::int64_t place_bytes() {
    return kQueues * kCapacity * wave::kSlotBytes + kCpus * wave::SlotPlace::kBytes;
  }
  core::Core& core(int c) { return cores[static_cast<std::size_t>(c)]; }

  /// What is wrong at this instant, if anything is.
  std::string broken(bool one_vm_a_core) {
    if (const auto wrong = Invariants(kernel).broken()) return *wrong;
    if (checker.count() > 0) return to_string(checker.findings().front());
    for (int c = 0; one_vm_a_core && c < kCpus; c += 2) {
      const Thread* a = kernel.cpu(c).current();
      const Thread* b = kernel.cpu(c + 1).current();
      if (a != nullptr && b != nullptr && guests.vm_of(*a) != guests.vm_of(*b))
        return "two VMs share a core";
    }
    return {};
  }

  const bool beyond_link;
  sim::Simulation sim;
  Guests guests;
  memory::Domain host{"host", {}, kCores, bench::equally_far(kCores)};
  memory::Domain nic{"nic", {}, 2, bench::equally_far(2)};
  memory::Checker checker;
  memory::Region region;
  HostMappings mappings;
  std::deque<wave::Producer> producers;
  std::deque<wave::DecisionReader> readers;
  Kernel kernel{{}, {}};
  std::unique_ptr<wave::Notifier> notifier;
  wave::AgentCosts costs;
  std::deque<core::Core> cores;
  std::deque<core::Core> nic_cores;
  ChannelDouble channel;
  wave::LauncherParams launcher_params{.start = 200us, .kill = 20us};
  wave::AgentLauncher launcher{sim, launcher_params, channel,
                               [this](wave::AgentNumber n, int place) { return make(n, place); }};
  std::optional<AgentKeeper> keeper;
};

TEST(VmAgentUpgrade, KeepsMachinesApartThoughTheNextAgentDoesNotKnowWhoRuns) {
  for (const bool beyond_link : {false, true}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      Bench bench(seed, beyond_link, {.watchdog = 20ms});
      for (Time next{2ms}; next <= Time{5ms}; next += 1ms)
        bench.sim.at(next, [&] { bench.keeper->upgrade(); });
      while (bench.sim.now() < Time{8ms}) {
        bench.sim.run_until(bench.sim.now() + 1us);
        ASSERT_EQ(bench.broken(true), "") << seed;
      }
      EXPECT_EQ(bench.keeper->stats().upgrades, 4);
      EXPECT_EQ(bench.keeper->stats().watchdog_firings, 0);
    }
  }
}

// At random

/// All that a seed stands for.
class Drawn {
 public:
  explicit Drawn(std::uint64_t seed) : random_(seed, "virtual machines with faults") {
    beyond_link = below(2) == 0;
    keeper.watchdog = between(2ms, 4ms);  // longer than machines wait for each other
    keeper.look_every = between(50us, 500us);
    keeper.nudge = below(2) == 0;
    keeper.fallback = below(2) == 0 ? Fallback::kFair : Fallback::kNone;
    keeper.restart = keeper.fallback == Fallback::kNone || below(8) != 0;
    keeper.restart_after = between(0us, 500us);
    const int count = below(5);
    for (int i = 0; i < count; ++i)
      faults.push_back(
          {.at = between(500us, 4ms), .kind = any_kind(), .length = between(1us, 4ms)});
  }
  enum class Kind { kUpgrade, kCrash, kHang, kSlow, kGarbage, kLost };
  struct Fault {
    Duration at;
    Kind kind;
    Duration length;
  };

  /// The fair class knows no virtual machines, and garbage may run anybody anywhere.
  bool keeps_vms_apart() const {
    return keeper.fallback == Fallback::kNone &&
           std::ranges::none_of(faults, [](const Fault& f) { return f.kind == Kind::kGarbage; });
  }
  void inject(Bench& bench, const Fault& fault) {
    const Time over = bench.sim.now() + fault.length;
    if (fault.kind == Kind::kUpgrade) return bench.keeper->upgrade();
    if (fault.kind == Kind::kLost) {
      if (bench.beyond_link) static_cast<Interrupter&>(*bench.notifier).lost_until = over;
      return;
    }
    const auto serving = bench.keeper->serving();
    wave::AgentProcess* const agent = serving ? bench.launcher.process(*serving) : nullptr;
    if (agent == nullptr) return;
    if (fault.kind == Kind::kCrash) bench.launcher.crash(*serving);
    if (fault.kind == Kind::kHang) agent->faults().hang(over);
    if (fault.kind == Kind::kSlow) agent->faults().slow_down(1 + below(50), over);
    if (fault.kind == Kind::kGarbage) agent->faults().write_garbage(0.01 * (1 + below(100)), over);
  }

  bool beyond_link;
  KeeperParams keeper;
  std::vector<Fault> faults;

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  Duration between(Duration low, Duration high) {
    return low + Duration{static_cast<std::int64_t>(
                     random_() % static_cast<std::uint64_t>((high - low).count()))};
  }
  Kind any_kind() { return static_cast<Kind>(below(6)); }

  sim::Stream random_;
};

/// What went wrong, or nothing: every vCPU has to get on again when the faults are over.
std::string run(std::uint64_t seed) {
  Drawn drawn(seed);
  Bench bench(seed, drawn.beyond_link, drawn.keeper);
  for (const Drawn::Fault& fault : drawn.faults)
    bench.sim.at(Time{fault.at}, [&] { drawn.inject(bench, fault); });
  const auto at = [&](const std::string& wrong) {
    return wrong + " at " + std::to_string(sim::to_us(bench.sim.now() - Time{})) + " us";
  };
  const auto pass = [&](Time until) -> std::string {
    while (bench.sim.now() < until) {
      bench.sim.run_until(bench.sim.now() + 5us);
      if (const auto wrong = bench.broken(drawn.keeps_vms_apart()); !wrong.empty())
        return at(wrong);
    }
    return {};
  };
  if (std::string wrong = pass(Time{16ms}); !wrong.empty()) return wrong;
  const std::vector<Duration> before = bench.guests.runtimes();
  if (std::string wrong = pass(Time{26ms}); !wrong.empty()) return wrong;
  const std::vector<Duration> after = bench.guests.runtimes();
  for (std::size_t t = 0; t < before.size(); ++t)
    if (after[t] == before[t]) return "vCPU " + std::to_string(t) + " does not get on";
  return {};
}

void try_seed(std::uint64_t seed) {
  EXPECT_EQ(run(seed), "") << "seed " << seed << "; again: WAVESIM_FAULT_SEED=" << seed
                           << " scheduling_test --gtest_filter='*VmAgentsAtRandom*'";
}

constexpr std::uint64_t kSeeds = sim::kSanitized ? 20 : 500;

TEST(VmAgentsAtRandom, LoseNoVcpuAndKeepMachinesApart) {
  sim::try_seeds(kSeeds, try_seed);
}

}  // namespace
}  // namespace scheduling
