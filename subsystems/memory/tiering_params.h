// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>

#include "sim/describe.h"
#include "sim/units.h"

namespace tiering {

using namespace std::chrono_literals;
using sim::operator""_B;
using sim::operator""_KiB;
using sim::operator""_MiB;
using sim::operator""_GiB;

/// What the host's kernel does about memory, and what it costs.
struct HostCosts {
  sim::Duration scan_entry = 12ns;
  sim::Bytes entry = 8_B;
  sim::Bytes chunk = 64_KiB;
  bool flush_tlb = false;
  sim::Duration flush_first = 775ns;
  sim::Duration flush_near = 70ns;
  sim::Duration flush_far = 150ns;
  sim::Duration apply = 15ns;
  sim::Duration patience = 10s;

  static void describe(auto&& field) {
    using P = HostCosts;
    using sim::Range;
    field(&P::scan_entry, "scan_entry",
          "reading and clearing one page-table entry's access bit and copying the entry to the "
          "agent's buffer, on the reference core",
          sim::recalled("hardware.md 8.7: a lean scan"), Range{5ns, 64ns});
    field(&P::entry, "entry", "bytes of a page-table entry, which the agent gets as it is",
          sim::published("the architecture's manual"), Range{8_B, 8_B});
    field(&P::chunk, "chunk", "entries that go to the agent together",
          sim::recalled("hardware.md 8.7: 64 B to 64 KiB"), Range{4_KiB, 1_MiB});
    field(&P::flush_tlb, "flush_tlb",
          "flush the TLBs of the application's cores after each chunk. Without, an access whose "
          "translation is still cached leaves the bit clear",
          sim::chosen("Linux clears young bits without"));
    field(&P::flush_first, "flush_first",
          "flushing another core's TLB by IPI, until it has answered, for who asks",
          sim::published("LKML 20190525082203.6531-1-namit@vmware.com, bare metal"),
          Range{600ns, 1200ns});
    field(&P::flush_near, "flush_near", "each further core of the application",
          sim::derived("hardware.md 7.2: the same, with more cores"), Range{40ns, 120ns});
    field(&P::flush_far, "flush_far", "each one on the other socket",
          sim::recalled("hardware.md 8: shootdown; LATR has 6 us for 16 cores on two sockets"),
          Range{100ns, 600ns});
    field(&P::apply, "apply", "taking in one batch's new period or tier",
          sim::assumed("a line of the batch's record"), Range{5ns, 100ns});
    field(&P::patience, "patience",
          "how long an answer of the agent may take before the kernel goes on without it",
          sim::assumed("longer than one thread decides about a tebibyte"), Range{100ms, 100s});
  }
};

/// What becomes of a page's mapping while the page is copied to the other tier.
enum class Migration : std::uint8_t { kUnmapped, kTransactional };

constexpr auto enum_names(std::type_identity<Migration>) {
  return std::array{sim::EnumName{Migration::kUnmapped, "unmapped"},
                    sim::EnumName{Migration::kTransactional, "transactional"}};
}

struct MigrationParams {
  Migration kind = Migration::kUnmapped;
  sim::Duration page = 1200ns;
  sim::Duration remap = 800ns;
  int together = 512;
  int tries = 3;
  bool keep_copies = false;

  static void describe(auto&& field) {
    using P = MigrationParams;
    using sim::Range;
    field(&P::kind, "kind",
          "unmapped: a page is unmapped while it is copied, and who touches it waits (Linux's "
          "migrate_pages); transactional: it stays mapped with its dirty bit cleared, and is "
          "copied again if it was written meanwhile (Nomad)",
          sim::chosen("as Linux does"));
    field(&P::page, "page", "moving one page of many between the tiers",
          sim::recalled("hardware.md 8.7: batched"), Range{700ns, 3us});
    field(&P::remap, "remap", "moving one whose copy in the slow tier is still valid",
          sim::derived("hardware.md 8.7: moving less the 0.4 us of copying"), Range{100ns, 2600ns});
    field(&P::together, "together", "pages that are moved with one flush",
          sim::recalled("Linux migrates at most a huge page's worth at once"), Range{1, 4096});
    field(&P::tries, "tries",
          "transactional: copies that are made of a page that is written all the time, before it "
          "is unmapped for the last one",
          sim::assumed("Nomad only says that it tries again"), Range{1, 16});
    field(&P::keep_copies, "keep_copies",
          "keep the slow tier's copy of a page that moves to the fast tier: as long as it is not "
          "written, moving it back is a matter of its mapping (Nomad's page shadowing)",
          sim::chosen("tiers are exclusive in Linux"));
  }
};

/// What the agent's computing costs, on the reference core.
struct AgentCosts {
  sim::Duration read_entry{2'200};
  sim::Duration scan = 8ns;
  sim::Duration sample = 60ns;
  sim::Duration comparison = 3ns;
  sim::Duration visit = 4ns;

  static void describe(auto&& field) {
    using P = AgentCosts;
    using sim::Range;
    field(&P::read_entry, "read_entry", "looking at one page-table entry's access bit",
          sim::derived("hardware.md 8.7: 4 ns on an N1, of a copy in its memory, by the speed of "
                       "that core; hardware.md 7.2 has 2.0-3.3 ns for mincore on Zen 4"),
          Range{sim::Duration{1'100}, sim::Duration{5'500}});
    field(&P::scan, "scan", "taking one batch's count into what is known of it",
          sim::assumed("two lines of the batch's record"), Range{4ns, 40ns});
    field(&P::sample, "sample", "one draw from a Beta distribution",
          sim::assumed("two gamma draws, a scalar loop"), Range{15ns, 150ns});
    field(&P::comparison, "comparison", "one comparison of sorting or merging",
          sim::assumed("half of them mispredicted"), Range{1ns, 8ns});
    field(&P::visit, "visit", "looking at one batch to decide about it",
          sim::assumed("a line that is fetched ahead"), Range{1ns, 20ns});
  }
};

/// What the application feels.
struct ApplicationCosts {
  int cores = 16;
  int far_cores = 0;
  sim::Duration slow_access = 250ns;
  sim::Duration retouch = 60ns;
  sim::Duration flushed = 1us;
  int tlb_entries = 2048;
  sim::Duration walk = 28ns;
  sim::Duration request = 10us;

  static void describe(auto&& field) {
    using P = ApplicationCosts;
    using sim::Range;
    field(&P::cores, "cores", "cores that run the application", sim::chosen("as Wave's workers"),
          Range{1, 128});
    field(&P::far_cores, "far_cores", "of these, on the other socket than the daemon",
          sim::chosen("all on one"), Range{0, 128});
    field(&P::slow_access, "slow_access", "an access to the slow tier, beyond one to the fast tier",
          sim::assumed("memory behind CXL, with its queues"), Range{100ns, 5us});
    field(&P::retouch, "retouch", "the first access to a page whose access bit was cleared, more",
          sim::recalled("hardware.md 8.7"), Range{20ns, 200ns});
    field(&P::flushed, "flushed", "what a core loses to the interrupt that flushes its TLB",
          sim::assumed("entry, a new CR3, exit: as much as other interrupts"), Range{300ns, 4us});
    field(&P::tlb_entries, "tlb_entries", "translations that a core's second-level TLB holds",
          sim::recalled("hardware.md 4: Zen 3, as Zen 2"), Range{512, 4096});
    field(&P::walk, "walk", "a translation that is not there",
          sim::recalled("hardware.md 7.2: measured on a virtual machine"), Range{4ns, 100ns});
    field(&P::request, "request", "how long a request runs, and can be interrupted by flushes",
          sim::assumed("as Wave's GETs"), Range{1us, 1ms});
  }
};

struct TieringParams {
  sim::Bytes memory = 100_GiB;
  sim::Bytes fast_memory = 1024_GiB;
  sim::Bytes page = 4_KiB;
  int batch_pages = 64;
  sim::Duration shortest_period = 300ms;
  int periods = 6;
  int epoch_periods = 4;
  double objective = 0.8;
  int threads = 16;
  HostCosts host;
  MigrationParams migration;
  AgentCosts agent;
  ApplicationCosts application;

  /// The longest period, that often.
  sim::Duration epoch() const { return shortest_period * ((1 << (periods - 1)) * epoch_periods); }
  std::int64_t batches() const { return memory.count / (page.count * batch_pages); }
  /// Flushing the TLBs of the application's cores, for who asks.
  sim::Duration shootdown() const {
    const int far = std::min(application.far_cores, application.cores - 1);
    const int near = application.cores - 1 - far;
    return host.flush_first + near * host.flush_near + far * host.flush_far;
  }
  /// Batches whose entries fill a chunk, unless that leaves a thread without any.
  std::int64_t chunk_batches() const {
    const std::int64_t filled = host.chunk.count / (host.entry.count * batch_pages);
    return std::max<std::int64_t>(std::min(filled, batches() / threads), 1);
  }

  static void describe(auto&& field) {
    using P = TieringParams;
    using sim::Range;
    field(&P::memory, "memory", "what the application uses",
          sim::stated("wave.md E8: RocksDB, 100 GiB"), Range{1_GiB, 1024_GiB});
    field(
        &P::fast_memory, "fast_memory",
        "what the fast tier holds; in the beginning as much of the application's as there is room "
        "for",
        sim::chosen("room for all of it"), Range{1_GiB, 1024_GiB});
    field(&P::page, "page", "what one page-table entry maps: 4 KiB or 2 MiB",
          sim::recalled("wave.md E8"), Range{4_KiB, 2_MiB});
    field(&P::batch_pages, "batch_pages", "pages that are scanned, learned about and moved as one",
          sim::recalled("wave.md E8: 64; SOL's own unit may be 2 MiB"), Range{1, 512});
    field(&P::shortest_period, "shortest_period", "between two scans of the hottest batches",
          sim::recalled("wave.md E8"), Range{100ms, 10s});
    field(&P::periods, "periods", "lengths to choose from, each twice the one before",
          sim::recalled("wave.md E8: 0.3 to 9.6 s"), Range{1, 6});
    field(&P::epoch_periods, "epoch_periods", "an epoch is so many of the longest periods",
          sim::recalled("wave.md E8: 38.4 s"), Range{1, 16});
    field(&P::objective, "objective", "share of the accesses that the fast tier is to serve",
          sim::recalled("wave.md E8: at least 80 %"), Range{0.5, 0.99});
    field(&P::threads, "threads", "of the agent, each on a core of its own",
          sim::chosen("the question"), Range{1, 64});
    field(&P::host, "host", "the host's kernel");
    field(&P::migration, "migration", "how it moves pages");
    field(&P::agent, "agent", "the agent's computing");
    field(&P::application, "application", "what the application feels");
  }
};

}  // namespace tiering
