// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "models/core/core.h"
#include "models/memory/fixed_path.h"
#include "sim/test_properties.h"

namespace core {
namespace {

using namespace std::chrono_literals;

enum class Access { kHostLoads, kHostStores, kHostFlushes, kNicStores };

/// A line of NIC memory that a host core maps write-through across PCIe, one access after the
/// other; beside it the two places where each word can be.
class CachedWords {
 public:
  void access(Access what, std::size_t word) {
    const auto offset = static_cast<std::int64_t>(8 * word);
    switch (what) {
      case Access::kHostLoads: {
        std::uint64_t value = 0;
        on(host_core_, [&] { value = host_core_.load<std::uint64_t>(host_, offset); });
        if (!cached_) cached_ = memory_words_;
        RC_ASSERT(value == (*cached_)[word]);  // old, if it was written meanwhile: nothing snoops
        return;
      }
      case Access::kHostStores:
        on(host_core_, [&] { host_core_.store(host_, offset, ++written_); });
        memory_words_[word] = written_;
        if (cached_) (*cached_)[word] = written_;
        return;
      case Access::kHostFlushes:
        on(host_core_, [&] { host_core_.flush(host_, offset); });
        cached_.reset();
        return;
      case Access::kNicStores:
        on(nic_core_, [&] { nic_core_.store(nic_, offset, ++written_); });
        memory_words_[word] = written_;
        return;
    }
  }

 private:
  template <class Program>
  void on(Core& core, Program program) {
    core.start([&] {
      program();
      core.store_fence();
      core.sync();
    });
    sim_.run();
  }

  sim::Simulation sim_;
  memory::Domain host_domain_{"host", {}, 1, {0ns}};
  memory::Domain nic_domain_{"nic", {}, 1, {0ns}};
  memory::Region region_{sim_, "line", nic_domain_, sim::Bytes{64}};
  memory::FixedPath path_{sim_, 300ns, 300ns};
  memory::Mapping host_{region_, memory::MemoryType::kWriteThrough, path_};
  memory::Mapping nic_{region_, memory::MemoryType::kWriteBack};
  Core host_core_{sim_, "cpu0", host_domain_, 0, {}};
  Core nic_core_{sim_, "nic0", nic_domain_, 0, {}};
  std::array<std::uint64_t, 8> memory_words_{};
  std::optional<std::array<std::uint64_t, 8>> cached_;
  std::uint64_t written_ = 0;
};

TEST(CacheProperty, AWriteThroughCopyIsOldUntilItIsFlushedAndNeverAnythingElse) {
  sim::expect_always("loads bring what the copy has, or else what memory has", [] {
    CachedWords line;
    const auto step = rc::gen::pair(rc::gen::element(Access::kHostLoads, Access::kHostStores,
                                                     Access::kHostFlushes, Access::kNicStores),
                                    rc::gen::inRange<std::size_t>(0, 8));
    for (const auto& [what, word] :
         *rc::gen::container<std::vector<std::pair<Access, std::size_t>>>(step))
      line.access(what, word);
  });
}

}  // namespace
}  // namespace core
