// SPDX-License-Identifier: Apache-2.0
#include "native/memory/page_load.h"

#include <chrono>
#include <cstdlib>
#include <numeric>
#include <string>
#include <utility>

#include "sim/distributions.h"
#include "sim/random.h"

namespace native {

using namespace std::chrono_literals;
using tiering::Batch;

namespace {

// How often a thread that does not run all the time does.
constexpr auto kTurn = 1ms;

std::uint64_t* words_of(const Region& region, Batch batch, int page) {
  return reinterpret_cast<std::uint64_t*>(region.batch(batch) +
                                          static_cast<std::size_t>(page) * region.page_bytes());
}

/// What the words that nobody writes hold: each page something else.
std::uint64_t mark_of(const Region& region, Batch batch, int page) {
  return 0x9e3779b97f4a7c15u * static_cast<std::uint64_t>(batch * region.pages() + page + 1);
}

std::size_t draw_below(sim::Draws& draws, std::size_t n) {
  return static_cast<std::size_t>((draws() >> 32) * n >> 32);
}

}  // namespace

struct PageLoad::Worker {
  Worker(int number, std::uint64_t seed, std::size_t pages)
      : index(number), draws(seed, "accesses of thread " + std::to_string(number)), made(pages) {}

  const int index;
  sim::Stream draws;
  std::vector<std::uint64_t> made;  // by page
  std::atomic<std::int64_t> fast = 0;
  std::atomic<std::int64_t> slow = 0;
  std::thread thread;
};

PageLoad::PageLoad(Region& region, const PageLoadOptions& options, std::uint64_t seed)
    : region_(region),
      options_(options),
      seed_(seed),
      order_(static_cast<std::size_t>(region.batches())) {
  std::iota(order_.begin(), order_.end(), Batch{0});
  sim::Stream order(seed, "popularity of batches");
  for (std::size_t i = order_.size(); i > 1; --i)
    std::swap(order_[i - 1], order_[draw_below(order, i)]);
  fill();
}

PageLoad::~PageLoad() {
  stop();
}

void PageLoad::fill() {
  const std::size_t words = region_.page_bytes() / sizeof(std::uint64_t);
  for (Batch batch = 0; batch < region_.batches(); ++batch)
    for (int page = 0; page < region_.pages(); ++page)
      for (auto word = static_cast<std::size_t>(options_.threads); word < words; ++word)
        words_of(region_, batch, page)[word] = mark_of(region_, batch, page);
}

void PageLoad::start() {
  const auto pages =
      static_cast<std::size_t>(region_.batches()) * static_cast<std::size_t>(region_.pages());
  for (int i = 0; i < options_.threads; ++i)
    workers_.push_back(std::make_unique<Worker>(i, seed_, pages));
  for (const auto& worker : workers_)
    worker->thread = std::thread([this, &worker = *worker] { work(worker); });
}

void PageLoad::stop() {
  stopping_ = true;
  for (const auto& worker : workers_)
    if (worker->thread.joinable()) worker->thread.join();
}

/// As many in each turn as bring it up to its rate.
void PageLoad::work(Worker& worker) const {
  const sim::Zipf popularity(region_.batches(), options_.exponent);
  const double per_second = static_cast<double>(options_.accesses) / options_.threads;
  const auto begin = std::chrono::steady_clock::now();
  double made = 0;
  while (!stopping_.load(std::memory_order_relaxed)) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    for (; made < passed.count() * per_second && !stopping_.load(std::memory_order_relaxed); ++made)
      access(worker, popular(popularity(worker.draws)),
             static_cast<int>(draw_below(worker.draws, static_cast<std::size_t>(region_.pages()))));
    std::this_thread::sleep_for(kTurn);
  }
}

void PageLoad::access(Worker& worker, Batch batch, int page) const {
  std::atomic<std::int64_t>& counter = region_.is_fast(batch) ? worker.fast : worker.slow;
  volatile std::uint64_t& word = words_of(region_, batch, page)[worker.index];
  word = word + 1;
  ++worker.made[static_cast<std::size_t>(batch * region_.pages() + page)];
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

PageLoad::Accesses PageLoad::accesses() const {
  Accesses all;
  for (const auto& worker : workers_) {
    all.fast += worker->fast.load(std::memory_order_relaxed);
    all.slow += worker->slow.load(std::memory_order_relaxed);
  }
  return all;
}

std::int64_t PageLoad::lost() const {
  const std::size_t words = region_.page_bytes() / sizeof(std::uint64_t);
  std::int64_t lost = 0;
  for (Batch batch = 0; batch < region_.batches(); ++batch)
    for (int page = 0; page < region_.pages(); ++page) {
      const std::uint64_t* const in = words_of(region_, batch, page);
      for (const auto& worker : workers_)
        lost += std::abs(static_cast<std::int64_t>(
            worker->made[static_cast<std::size_t>(batch * region_.pages() + page)] -
            in[worker->index]));
      for (auto word = static_cast<std::size_t>(options_.threads); word < words; ++word)
        if (in[word] != mark_of(region_, batch, page)) ++lost;
    }
  return lost;
}

}  // namespace native
