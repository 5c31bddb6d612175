// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/rocksdb.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/check.h"
#include "sim/quantity.h"
#include "workloads/capture/keys.h"
#include "workloads/capture/machine.h"
#include "workloads/capture/options.h"
#include "workloads/capture/rocksdb_store.h"
#include "workloads/capture/samples.h"

namespace capture {
namespace {

/// What was measured beside the operations themselves.
struct Conditions {
  std::chrono::nanoseconds clock_overhead = capture::clock_overhead();
  std::int64_t blocks_fetched = 0;
  std::int64_t stolen_ticks = 0;
  std::vector<sim::Duration> round_medians;
};

/// Short operations share a batch, whose check costs a system call; a long one stands alone, lest
/// a switch during one of them cost many.
std::int64_t batch_size(Operation operation) {
  return operation == Operation::kGet ? 64 : 1;
}

void run_round(RocksdbStore& store, const RocksdbOptions& options, int round,
               std::chrono::nanoseconds overhead, Samples& samples) {
  const std::vector<Key> keys = first_keys(options, round);
  const auto run_one = [&](std::int64_t i) {
    const Key& key = keys[static_cast<std::size_t>(i)];
    options.operation == Operation::kGet ? store.get(key) : store.range(key, options.range_keys);
  };
  const std::int64_t batch = batch_size(options.operation);
  for (std::int64_t i = 0; i < options.operations; i += batch)
    time_batch(i, std::min(i + batch, options.operations), overhead, run_one, samples);
}

void add(const Samples& some, Samples& all) {
  all.kept.insert(all.kept.end(), some.kept.begin(), some.kept.end());
  all.dropped += some.dropped;
}

/// Round 0 warms up: branch predictors, allocator, caches, and the clock of the core.
Samples run_rounds(RocksdbStore& store, const RocksdbOptions& options, Conditions& conditions) {
  Samples warm_up, samples;
  run_round(store, options, 0, conditions.clock_overhead, warm_up);
  const std::int64_t fetched_before = blocks_fetched();
  const std::int64_t stolen_before = stolen_ticks();
  for (int round = 1; round <= options.rounds; ++round) {
    Samples of_round;
    run_round(store, options, round, conditions.clock_overhead, of_round);
    if (!of_round.kept.empty()) conditions.round_medians.push_back(median(of_round.kept));
    add(of_round, samples);
  }
  conditions.blocks_fetched = blocks_fetched() - fetched_before;
  conditions.stolen_ticks = stolen_ticks() - stolen_before;
  return samples;
}

std::string list(const std::vector<sim::Duration>& times) {
  std::string text;
  for (const sim::Duration t : times) text += (text.empty() ? "" : ", ") + sim::to_text(t);
  return text;
}

std::map<std::string, std::string> provenance(const RocksdbOptions& options,
                                              const Conditions& conditions) {
  std::map<std::string, std::string> all = machine_provenance();
  all.merge(RocksdbStore::settings());
  all.merge(describe_options(options));
  all["program"] = "wavesim capture rocksdb";
  all["library"] = "RocksDB " + rocksdb_version();
  all["clock"] = "steady_clock; its own " + std::to_string(conditions.clock_overhead.count()) +
                 " ns subtracted";
  all["blocks fetched while timing"] = std::to_string(conditions.blocks_fetched);
  all["ticks stolen by the hypervisor"] = std::to_string(conditions.stolen_ticks);
  all["medians of the rounds"] = list(conditions.round_medians);
  return all;
}

std::string about(const RocksdbOptions& options) {
  return options.operation == Operation::kGet
             ? "Service times of GETs on an in-memory RocksDB"
             : "Service times of range queries on an in-memory RocksDB";
}

void require_enough(const Samples& samples) {
  const auto kept = static_cast<std::int64_t>(samples.kept.size());
  if (kept >= 2 && kept > samples.dropped / 9) return;
  throw MachineIsBusy("the machine is too busy to time anything: " + std::to_string(kept) +
                      " samples kept, " + std::to_string(samples.dropped) + " dropped");
}

void require_even(const workloads::Capture& capture) {
  if (workloads::has_mean_of_quantiles(capture)) return;
  throw MachineIsBusy(
      "the machine is too busy to time anything: a few samples make up much of the mean");
}

sim::Duration mean(const std::vector<sim::Duration>& samples) {
  const sim::Duration sum = std::accumulate(samples.begin(), samples.end(), sim::Duration{0});
  return sum / static_cast<std::int64_t>(samples.size());
}

workloads::Capture summarize(const Samples& samples) {
  workloads::Capture capture;
  capture.samples = static_cast<std::int64_t>(samples.kept.size());
  capture.dropped = samples.dropped;
  capture.share_above_ten_medians = share_above_medians(samples.kept, 10);
  capture.mean = mean(samples.kept);
  capture.quantiles = workloads::quantiles_of(samples.kept);
  return capture;
}

}  // namespace

bool rocksdb_available() {
  return true;
}

workloads::Capture capture_rocksdb(const RocksdbOptions& options) {
  check(options);
  RocksdbStore store(options);
  Conditions conditions;
  const Samples samples = run_rounds(store, options, conditions);
  SIM_CHECK(store.bytes_read() > 0);
  require_enough(samples);
  workloads::Capture capture = summarize(samples);
  require_even(capture);
  capture.about = about(options);
  capture.operation = name_of(options.operation);
  capture.provenance = provenance(options, conditions);
  return capture;
}

}  // namespace capture
