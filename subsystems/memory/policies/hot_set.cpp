// SPDX-License-Identifier: Apache-2.0
#include "subsystems/memory/policies/hot_set.h"

#include <algorithm>

namespace tiering {
namespace {

/// The parts that still have batches to give, as a heap: the part with the hottest one on top.
class Merge {
 public:
  Merge(std::span<const Ranking> parts, Work& work)
      : parts_(parts), taken_(parts.size(), 0), work_(work) {
    for (std::size_t part = 0; part < parts.size(); ++part)
      if (!parts[part].entries.empty()) heap_.push_back(part);
    std::make_heap(heap_.begin(), heap_.end(), Later{*this});
  }

  bool is_over() const { return heap_.empty(); }

  /// Takes the hottest batch that is left, and gives its rate.
  float take() {
    std::pop_heap(heap_.begin(), heap_.end(), Later{*this});
    const std::size_t part = heap_.back();
    const float rate = head(part).rate;
    if (++taken_[part] < parts_[part].entries.size())
      std::push_heap(heap_.begin(), heap_.end(), Later{*this});
    else
      heap_.pop_back();
    return rate;
  }

  const std::vector<std::size_t>& taken() const { return taken_; }

 private:
  const Ranking::Entry& head(std::size_t part) const { return parts_[part].entries[taken_[part]]; }

  struct Later {
    const Merge& merge;
    bool operator()(std::size_t a, std::size_t b) const {
      ++merge.work_.comparisons;
      const float of_a = merge.head(a).key;
      const float of_b = merge.head(b).key;
      return of_a != of_b ? of_a < of_b : a > b;
    }
  };

  std::span<const Ranking> parts_;
  std::vector<std::size_t> taken_;  // of each part
  std::vector<std::size_t> heap_;   // parts
  Work& work_;
};

}  // namespace

Ranking rank(std::span<const float> rates, std::span<const InFastTier> now,
             const HotSetParams& params, Work& work) {
  Ranking ranking;
  const auto raised = static_cast<float>(1 + params.margin);
  for (std::size_t i = 0; i < rates.size(); ++i) {
    if (rates[i] <= 0) continue;
    const float key = now[i] ? rates[i] * raised : rates[i];
    ranking.entries.push_back({key, rates[i], static_cast<Batch>(i)});
    ranking.accesses += static_cast<double>(rates[i]);
  }
  work.visits += std::ssize(rates);
  std::ranges::sort(ranking.entries, [&work](const auto& a, const auto& b) {
    ++work.comparisons;
    return a.key != b.key ? a.key > b.key : a.batch < b.batch;
  });
  return ranking;
}

std::vector<std::size_t> choose_hottest(std::span<const Ranking> parts, const HotSetParams& params,
                                        Work& work) {
  double all = 0;
  for (const Ranking& part : parts) all += part.accesses;
  const double wanted = (params.objective + params.reserve) * all;
  Merge merge(parts, work);
  double served = 0;
  while (!merge.is_over() && served < wanted) {
    served += static_cast<double>(merge.take());
    ++work.visits;
  }
  return merge.taken();
}

void mark(const Ranking& ranking, std::size_t members, std::span<InFastTier> next, Work& work) {
  std::ranges::fill(next, InFastTier{0});
  for (std::size_t i = 0; i < members; ++i)
    next[static_cast<std::size_t>(ranking.entries[i].batch)] = 1;
  work.visits += std::ssize(next);
}

}  // namespace tiering
