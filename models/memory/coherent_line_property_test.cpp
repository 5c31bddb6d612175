// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "models/memory/coherent_line.h"
#include "sim/test_properties.h"

namespace memory {
namespace {

using namespace std::chrono_literals;

constexpr int kCores = 4;
enum class Access { kRead, kWrite, kWriteThrough, kDeviceWrites, kDeviceReads };

/// Four cores, the last two in another node than the line's home.
Domain two_nodes() {
  std::vector<sim::Duration> transfer;
  for (int a = 0; a < kCores; ++a)
    for (int b = 0; b < kCores; ++b)
      transfer.push_back(a == b ? 0ns : a / 2 == b / 2 ? 40ns : 190ns);
  return Domain("two nodes", Joined{.nodes = {{}, {}},
                                    .node_of = {0, 0, 1, 1},
                                    .transfer = transfer,
                                    .apart = {0ns, 90ns, 90ns, 0ns}});
}

/// Who has which copy, told without times.
struct Expected {
  std::optional<CoreIndex> owner;
  std::set<CoreIndex> holders;

  void only(CoreIndex core) {
    owner = core;
    holders = {core};
  }
};

void access(const Domain& domain, CoherentLine& line, Expected& expected, Access what,
            CoreIndex core) {
  const bool held = expected.holders.contains(core);
  switch (what) {
    case Access::kRead:
      RC_ASSERT((line.read(domain, core) == 0ns) == held);
      if (!held) expected.owner.reset();
      expected.holders.insert(core);
      return;
    case Access::kWrite: {
      const bool owned = expected.owner == core;
      const sim::Duration before = line.cost_to_write(domain, core);
      const sim::Duration took = line.write(domain, core);
      RC_ASSERT(took == before);
      RC_ASSERT((took == 0ns) == owned);
      return expected.only(core);
    }
    case Access::kWriteThrough:
      line.write_through(core);
      expected.owner.reset();
      expected.holders = held ? std::set<CoreIndex>{core} : std::set<CoreIndex>{};
      return;
    case Access::kDeviceWrites:
      line.write_by_device();
      expected = {};
      return;
    case Access::kDeviceReads:
      RC_ASSERT(line.read_by_device(domain) > 0ns);
      expected.owner.reset();
      return;
  }
}

TEST(CoherentLineProperty, CopiesAreWhereADirectoryWithoutTimesSaysTheyAre) {
  sim::expect_always("one owner, or any number of clean copies", [] {
    const Domain domain = two_nodes();
    CoherentLine line(0);
    Expected expected;
    const auto step =
        rc::gen::pair(rc::gen::element(Access::kRead, Access::kWrite, Access::kWriteThrough,
                                       Access::kDeviceWrites, Access::kDeviceReads),
                      rc::gen::inRange<CoreIndex>(0, kCores));
    for (const auto& [what, core] :
         *rc::gen::container<std::vector<std::pair<Access, CoreIndex>>>(step)) {
      access(domain, line, expected, what, core);
      for (CoreIndex c = 0; c < kCores; ++c)
        RC_ASSERT(line.held_by(c) == expected.holders.contains(c));
      RC_ASSERT(line.owner() == expected.owner.value_or(kNoCore));
    }
  });
}

}  // namespace
}  // namespace memory
