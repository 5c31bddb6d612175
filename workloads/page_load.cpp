// SPDX-License-Identifier: Apache-2.0
#include "workloads/page_load.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "sim/check.h"
#include "sim/uniform.h"

namespace workloads {
namespace {

/// The whole memory in so many steps.
constexpr int kSweepSteps = 256;

}  // namespace

PageLoad::PageLoad(const PageLoadParams& params, sim::Simulation& sim,
                   tiering::TieredMemory& memory, sim::Bytes batch, std::uint64_t seed)
    : params_(params),
      sim_(sim),
      memory_(memory),
      order_(seed, "popular clusters"),
      per_cluster_(
          static_cast<Batch>(std::max<std::int64_t>(params.cluster.count / batch.count, 1))),
      index_batches_(static_cast<Batch>(params.index_memory * memory.batches())) {
  // Whole clusters of data; what is left over belongs to the index.
  const Batch whole = (memory.batches() - index_batches_) / per_cluster_;
  SIM_CHECK(whole > 0);
  index_batches_ = memory.batches() - whole * per_cluster_;
  double sum = 0;
  for (Batch rank = 1; rank <= whole; ++rank) {
    shares_.push_back(std::pow(static_cast<double>(rank), -params.exponent));
    sum += shares_.back();
  }
  for (double& share : shares_) share /= sum;
  shuffle();
}

void PageLoad::start() {
  set_all();
  if (params_.drift_every > 0s && params_.drift > 0)
    sim_.after(params_.drift_every, [this] { drift(); });
  if (params_.phase_change > 0s)
    sim_.after(params_.phase_change, [this] {
      shuffle();
      set_all();
    });
  if (params_.sweep_every > 0s) sim_.after(params_.sweep_every, [this] { begin_sweep(); });
}

/// One of the first `n` clusters, each as likely.
std::size_t PageLoad::below(std::size_t n) {
  const auto product =
      static_cast<sim::detail::Int128>(order_() >> 1) * static_cast<sim::detail::Int128>(n);
  return static_cast<std::size_t>(product >> 63);
}

void PageLoad::draw_request(sim::Draws& draws, std::vector<Batch>& pages) {
  if (up_to_.empty()) std::partial_sum(shares_.begin(), shares_.end(), std::back_inserter(up_to_));
  const auto unit = [&draws] { return sim::uniform(draws); };
  const auto found = std::upper_bound(up_to_.begin(), up_to_.end(), unit() * up_to_.back());
  const auto cluster = std::min<std::int64_t>(found - up_to_.begin(), std::ssize(up_to_) - 1);
  pages.clear();
  for (int i = 0; i < params_.index_pages && index_batches_ > 0; ++i)
    pages.push_back(index_of(cluster, unit()));
  for (int i = 0; i < params_.data_pages; ++i)
    pages.push_back(index_batches_ + static_cast<Batch>(cluster) * per_cluster_ +
                    static_cast<Batch>(unit() * per_cluster_));
}

/// Where an index of more batches than there are clusters has the first that leads to this one.
std::int64_t PageLoad::first_index_of(std::int64_t cluster) const {
  const std::int64_t all = std::ssize(shares_);
  return (cluster * index_batches_ + all - 1) / all;
}

/// The batch of the index that leads to the cluster; `which` of them, from 0 to 1, if several do.
PageLoad::Batch PageLoad::index_of(std::int64_t cluster, double which) const {
  const std::int64_t all = std::ssize(shares_), batches = index_batches_;
  if (batches <= all) return static_cast<Batch>(((cluster + 1) * batches - 1) / all);
  const std::int64_t first = first_index_of(cluster);
  const auto several = static_cast<double>(first_index_of(cluster + 1) - first);
  return static_cast<Batch>(first + static_cast<std::int64_t>(which * several));
}

void PageLoad::shuffle() {
  up_to_.clear();
  for (std::size_t i = clusters(); i > 1; --i) std::swap(shares_[i - 1], shares_[below(i)]);
}

void PageLoad::set_cluster(std::size_t cluster) {
  const double pages = static_cast<double>(per_cluster_) * memory_.table().pages();
  const tiering::Level level = tiering::level_of(params_.to_data() * shares_[cluster] / pages);
  const Batch first = index_batches_ + static_cast<Batch>(cluster) * per_cluster_;
  for (Batch b = first; b < first + per_cluster_; ++b)
    memory_.set_accesses(b, level, params_.written());
}

void PageLoad::set_index() {
  for (std::size_t b = 0; b < static_cast<std::size_t>(index_batches_); ++b)
    memory_.set_accesses(
        static_cast<Batch>(b),
        tiering::level_of(params_.to_index() * share_of_index(b) / memory_.table().pages()));
}

/// Each batch of the index leads to neighbouring clusters, and is as popular as all of them; or
/// several batches lead to one cluster, a part of it each.
double PageLoad::share_of_index(std::size_t batch) const {
  const auto batches = static_cast<std::size_t>(index_batches_);
  if (batches > clusters()) {
    const std::size_t cluster = batch * clusters() / batches;
    const auto number = static_cast<std::int64_t>(cluster);
    return shares_[cluster] /
           static_cast<double>(first_index_of(number + 1) - first_index_of(number));
  }
  const std::size_t from = batch * clusters() / batches;
  const std::size_t to = (batch + 1) * clusters() / batches;
  double share = 0;
  for (std::size_t c = from; c < to; ++c) share += shares_[c];
  return share;
}

void PageLoad::set_all() {
  for (std::size_t c = 0; c < clusters(); ++c) set_cluster(c);
  set_index();
}

void PageLoad::drift() {
  const auto swaps = static_cast<std::size_t>(params_.drift * static_cast<double>(clusters()) / 2);
  for (std::size_t i = 0; i < std::max<std::size_t>(swaps, 1); ++i) {
    const std::size_t a = below(clusters());
    const std::size_t b = below(clusters());
    std::swap(shares_[a], shares_[b]);
    up_to_.clear();
    set_cluster(a);
    set_cluster(b);
  }
  set_index();
  sim_.after(params_.drift_every, [this] { drift(); });
}

/// A sweep that takes longer than it should delays the next.
void PageLoad::begin_sweep() {
  sweep(0);
  sim_.after(std::max(params_.sweep_every, params_.sweep_takes), [this] { begin_sweep(); });
}

void PageLoad::sweep(int step) {
  const auto border = [this](std::int64_t steps) {
    return static_cast<Batch>(steps * memory_.batches() / kSweepSteps);
  };
  for (Batch b = border(step); b < border(step + 1); ++b) memory_.touch_all(b);
  if (step + 1 < kSweepSteps)
    sim_.after(params_.sweep_takes / kSweepSteps, [this, step] { sweep(step + 1); });
}

}  // namespace workloads
