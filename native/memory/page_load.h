// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "native/memory/region.h"
#include "sim/describe.h"

namespace native {

struct PageLoadOptions {
  int threads = 1;
  std::int64_t accesses = 20'000;
  double exponent = 0.99;

  static void describe(auto&& field) {
    using P = PageLoadOptions;
    using sim::chosen;
    field(&P::threads, "threads", "that access the memory", chosen("a machine of two cores"),
          sim::Range{1, 32});
    field(&P::accesses, "accesses", "of all threads in a second; each is a load and a store",
          chosen("then a scan tells hot batches from cold ones"),
          sim::Range<std::int64_t>{1, 100'000'000});
    field(&P::exponent, "exponent", "of the Zipf distribution over batches",
          chosen("as the simulated key-value store's clusters"), sim::Range{0.0, 1.5});
  }
};

/// An application: threads that add one to a word of theirs in a page, by plain loads and stores.
/// Batches are popular by Zipf's law, in an order of the seed's; pages within one are alike. Each
/// thread counts in memory of its own as well, so that a store that was lost is found.
class PageLoad {
 public:
  struct Accesses {
    std::int64_t fast = 0;  // by where the batch was when it was accessed
    std::int64_t slow = 0;
    friend Accesses operator-(Accesses a, Accesses b) { return {a.fast - b.fast, a.slow - b.slow}; }
    double hit_rate() const {
      return fast + slow > 0 ? static_cast<double>(fast) / static_cast<double>(fast + slow) : 1;
    }
  };

  PageLoad(Region& region, const PageLoadOptions& options, std::uint64_t seed);
  ~PageLoad();
  PageLoad(const PageLoad&) = delete;
  PageLoad& operator=(const PageLoad&) = delete;

  void start();
  void stop();
  Accesses accesses() const;
  /// Once stopped: accesses that memory does not show, and words that nobody has written and that
  /// are not what they were.
  std::int64_t lost() const;
  /// The batch of that popularity, 0 the most popular.
  tiering::Batch popular(std::int64_t rank) const { return order_[static_cast<std::size_t>(rank)]; }

 private:
  struct Worker;
  void fill();
  void work(Worker& worker) const;
  void access(Worker& worker, tiering::Batch batch, int page) const;

  Region& region_;
  const PageLoadOptions options_;
  const std::uint64_t seed_;
  std::vector<tiering::Batch> order_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace native
