// SPDX-License-Identifier: Apache-2.0
// Saturated streams against the closed formula of the pcie-bench model (SIGCOMM 2018), which is
// written down here from its publication, in bytes and gigabits, without a look at the model.
#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>

#include "models/pcie/link.h"

namespace pcie {
namespace {

enum class Traffic { kWrite, kRead, kBoth };

struct Case {
  const char* name;
  LinkParams link;
  double raw_gbps;  // lanes * transfers/s * encoding
  double interval;  // bytes between acknowledgements, and between credit updates
};

const Case kCases[] = {{"gen3 x8", gen3_x8(), 8 * 8 * 128 / 130.0, 203},
                       {"gen4 x16", gen4_x16(), 16 * 16 * 128 / 130.0, 168},
                       {"gen5 x16", gen5_x16(), 16 * 32 * 128 / 130.0, 168}};

/// Payload in Gb/s of each kind of traffic, at an MPS of 256 and an MRRS of 512.
double closed_form(const Case& c, Traffic traffic, double size) {
  const double usable = c.raw_gbps * (1 - 8 / c.interval - 8 / c.interval - 4 / 1538.0);
  const double writes = std::ceil(size / 256) * 24 + size;
  const double requests = std::ceil(size / 512) * 24;
  const double completions = std::ceil(size / 256) * 20 + size;
  switch (traffic) {
    case Traffic::kWrite:
      return usable * size / writes;
    case Traffic::kRead:
      return usable * size / std::max(requests, completions);
    case Traffic::kBoth:
      return usable * size / std::max(writes + requests, completions);
  }
  return 0;
}

/// A device that always has `window` transactions of `size` under way. With reads and writes at
/// once a transaction is one of each.
class Saturation {
 public:
  Saturation(LinkParams params, Traffic traffic, Bytes size)
      : link_(sim_, params), traffic_(traffic), size_(size) {}

  double gigabits_per_second() {
    constexpr int kWindow = 1024;
    constexpr int kWarmUp = 4 * kWindow;
    constexpr int kMeasured = 8'000;
    for (int i = 0; i < kWindow; ++i) transact();
    const Time begin = when_done(kWarmUp);
    const Time end = when_done(kWarmUp + kMeasured);
    return static_cast<double>(kMeasured * size_.count * 8) * 1e3 /
           static_cast<double>((end - begin).count());
  }
  LinkStats stats() { return link_.stats(); }

 private:
  void transact() {
    if (traffic_ == Traffic::kWrite) return write([this] { complete(); });
    if (traffic_ == Traffic::kRead) return read([this] { complete(); });
    write([] {});
    read([this] { complete(); });
  }
  template <class F>
  void write(F arrived) {
    link_.post(Direction::kToRootComplex, size_, arrived);
  }
  template <class F>
  void read(F done) {
    link_.read(
        Direction::kToRootComplex, size_, [] { return Duration{100ns}; }, done);
  }
  void complete() {
    if (++completed_ == awaited_) sim_.stop();
    transact();
  }
  Time when_done(int count) {
    awaited_ = count;
    sim_.run();
    return sim_.now();
  }

  sim::Simulation sim_;
  Link link_;
  Traffic traffic_;
  Bytes size_;
  int completed_ = 0;
  int awaited_ = 0;
};

LinkParams unlimited(LinkParams params) {
  params.tags = 4096;
  return without_credit_limits(params);
}

TEST(PcieBandwidth, IsThatOfTheClosedFormulaForEveryLinkSizeAndKindOfTraffic) {
  for (const Case& c : kCases) {
    for (const Bytes size : {64_B, 256_B, 1500_B}) {
      for (const Traffic traffic : {Traffic::kWrite, Traffic::kRead, Traffic::kBoth}) {
        const double expected = closed_form(c, traffic, static_cast<double>(size.count));
        const double measured = Saturation(unlimited(c.link), traffic, size).gigabits_per_second();
        EXPECT_NEAR(measured / expected, 1, 0.001)
            << c.name << ", " << size.count << " B, traffic " << static_cast<int>(traffic);
      }
    }
  }
}

TEST(PcieBandwidth, Of64ByteWritesAndOf256ByteReadsIsThePublishedOneAtGen4X16) {
  const LinkParams link = unlimited(gen4_x16());
  EXPECT_NEAR(Saturation(link, Traffic::kWrite, 64_B).gigabits_per_second(), 165.38, 0.1);
  EXPECT_NEAR(Saturation(link, Traffic::kRead, 256_B).gigabits_per_second(), 210.92, 0.1);
}

TEST(PcieBandwidth, OfLargestWritesIsReachedWithTheDefaultCredits) {
  Saturation stream(gen4_x16(), Traffic::kWrite, 256_B);
  EXPECT_NEAR(stream.gigabits_per_second() / 8, 26.0, 0.05);
}

// A packet's credits are back one loop after it started: wire, flight and return. A receiver with
// room for n packets lets n pass per loop.
TEST(PcieBandwidth, IsRoomPerLoopWhenCreditsBind) {
  LinkParams link = unlimited(gen4_x16());
  link.posted_header_credits = 16;
  link.posted_data_credits = 1024;
  Saturation stream(link, Traffic::kWrite, 64_B);

  const Duration loop = link.tlp_bandwidth().time_for(88_B) + link.one_way() + link.credit_return;
  const double expected = 16 * 64 * 8 / sim::to_ns(loop);
  EXPECT_NEAR(stream.gigabits_per_second() / expected, 1, 0.001);
  EXPECT_GT(stream.stats().to_root_complex.credit_stalls, 0);
}

// A tag is busy for a round trip; n tags let n reads pass in each.
TEST(PcieBandwidth, IsTagsPerRoundTripWhenTagsBind) {
  LinkParams link = unlimited(gen4_x16());
  link.tags = 8;
  Saturation stream(link, Traffic::kRead, 64_B);

  const Bandwidth wire = link.tlp_bandwidth();
  const Duration round = wire.time_for(24_B) + wire.time_for(84_B) + 2 * link.one_way() + 100ns;
  EXPECT_NEAR(stream.gigabits_per_second() / (8 * 64 * 8 / sim::to_ns(round)), 1, 0.001);
  EXPECT_GT(stream.stats().tag_stalls, 0);
}

}  // namespace
}  // namespace pcie
