// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/system/checked_server.h"
#include "experiments/system/server.h"

namespace experiments {
namespace {

using namespace std::chrono_literals;

/// What a run comes to: its hash, its events, and how many requests it answered.
struct Fingerprint {
  std::uint64_t hash;
  std::uint64_t events;
  std::int64_t completed;
  bool operator==(const Fingerprint&) const = default;
};

Fingerprint run(std::uint64_t seed, Placement placement, bool check_memory = false) {
  SystemParams system;
  system.placement = placement;
  system.workers = 6;
  system.check_memory = check_memory;
  workloads::RequestLoadParams load;
  load.threads = 40;
  load.generators = 2;
  load.arrivals.rate = sim::Rate{400e3};
  load.service.kind = workloads::ServiceKind::kLognormal;
  bench::CheckedServer server(MachineParams{}, system, load, seed);
  server.run_until(sim::Time{500us});
  return {server.simulation().hash(), server.simulation().events(),
          server.stats().requests.completed};
}

TEST(Determinism, SameSeedSameRun) {
  for (const Placement placement : {Placement::kHost, Placement::kNic, Placement::kKernel})
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
      const Fingerprint first = run(seed, placement);
      EXPECT_GT(first.completed, 20);
      EXPECT_EQ(first, run(seed, placement)) << "seed " << seed;
    }
}

TEST(Determinism, SameSeedSameRunAcrossACoherentLink) {
  MachineParams machine;
  machine.interconnect = interconnect::cxl_2();
  SystemParams system = write_back_prestaged();
  system.workers = 6;
  workloads::RequestLoadParams load;
  load.arrivals.rate = sim::Rate{400e3};
  const auto hash = [&] {
    bench::CheckedServer server(machine, system, load, 1);
    server.run_until(sim::Time{500us});
    EXPECT_GT(server.stats().requests.completed, 20);
    return server.simulation().hash();
  };
  EXPECT_EQ(hash(), hash());
}

TEST(Determinism, SameRunWhateverElseTheProcessDoesMeanwhile) {
  const Fingerprint alone = run(1, Placement::kNic);
  std::vector<std::unique_ptr<int[]>> elsewhere;  // other addresses
  for (std::size_t i = 1; i < 1000; ++i) elsewhere.push_back(std::make_unique<int[]>(i * 7));
  run(9, Placement::kHost);
  EXPECT_EQ(alone, run(1, Placement::kNic));
}

TEST(Determinism, OtherSeedOtherRun) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) hashes.insert(run(seed, Placement::kNic).hash);
  EXPECT_EQ(hashes.size(), 20u);
}

TEST(Determinism, LookingForMemoryErrorsChangesNothing) {
  EXPECT_EQ(run(4, Placement::kNic, true), run(4, Placement::kNic, false));
}

/// The same requests with the same work come to both systems.
TEST(Determinism, BothPlacementsGetTheSameRequests) {
  const auto arrived = [](Placement placement) {
    SystemParams system;
    system.placement = placement;
    workloads::RequestLoadParams load;
    load.service.kind = workloads::ServiceKind::kConstant;
    load.arrivals.rate = sim::Rate{100e3};
    bench::CheckedServer server(MachineParams{}, system, load, 5);
    std::vector<std::int64_t> counts;
    for (int step = 1; step <= 20; ++step) {
      server.run_until(sim::Time{step * 100us});
      counts.push_back(server.stats().requests.arrived);
    }
    return counts;
  };
  EXPECT_EQ(arrived(Placement::kHost), arrived(Placement::kNic));
}

/// Every file that the policies' and agents' code can reach by including, starting from `file`.
void reach(const std::filesystem::path& root, const std::string& file,
           std::set<std::string>& reached) {
  if (!reached.insert(file).second) return;
  std::ifstream in(root / file);
  ASSERT_TRUE(in) << file;
  constexpr std::string_view kInclude = "#include \"";
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(kInclude))
      reach(root, line.substr(kInclude.size(), line.rfind('"') - kInclude.size()), reached);
}

/// A policy's object file must link natively, without a simulator.
TEST(Layers, PoliciesAndAgentsReachNothingButPoliciesAndTheAgentApi) {
  const std::filesystem::path root = WAVESIM_ROOT;
  std::set<std::string> reached;
  int own = 0;
  for (const char* folder : {"subsystems/scheduling/policies", "subsystems/wave/agent"})
    for (const auto& entry : std::filesystem::directory_iterator(root / folder)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with("_test.cpp") || !(name.ends_with(".h") || name.ends_with(".cpp")))
        continue;
      ++own;
      reach(root, std::string(folder) + "/" + name, reached);
    }
  EXPECT_GE(own, 8);
  EXPECT_EQ(reached.size(), static_cast<std::size_t>(own));
  for (const std::string& file : reached)
    EXPECT_TRUE(file.starts_with("subsystems/scheduling/policies/") ||
                file.starts_with("subsystems/wave/agent/"))
        << file;
}

}  // namespace
}  // namespace experiments
