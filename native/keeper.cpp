// SPDX-License-Identifier: Apache-2.0
#include "native/keeper.h"

#include <chrono>
#include <thread>
#include <utility>

namespace native {

using scheduling::KeeperStats;
using namespace std::chrono_literals;

void Keeper::start() {
  start_at_ = Instant{0};
  begin_to_start();
}

void Keeper::look() {
  const Instant now = parts_.clock.now();
  if (starting_ && is_ready(*starting_)) {
    take_over();
  } else if (starting_ && launcher_.is_free(*starting_)) {
    starting_.reset();  // it died before it was there
    if (options_.restart) start_at_ = now + options_.restart_after;
  }
  note_served();
  if (serving_) look_after_agent();
  if (start_at_ && now >= *start_at_) begin_to_start();
}

bool Keeper::is_ready(int i) const {
  return parts_.memory.at(place(i).ready()).load(std::memory_order_acquire) != 0;
}

void Keeper::look_after_agent() {
  if (launcher_.is_free(*serving_)) return give_up(&KeeperStats::exits);
  if (kernel_.overflowed()) return give_up(&KeeperStats::overflows);
  const std::optional<Instant> wait = kernel_.longest_wait();
  if (options_.watchdog > Instant{0} && wait && *wait > options_.watchdog)
    return give_up(&KeeperStats::watchdog_firings);
}

void Keeper::give_up(std::int64_t KeeperStats::*why) {
  ++(stats_.*why);
  const Instant now = parts_.clock.now();
  unserved_since_ = now;
  if (!dark_since_) dark_since_ = now;
  launcher_.kill(*std::exchange(serving_, std::nullopt));
  kernel_.detach_agent();
  if (options_.fallback) {
    ++stats_.fallbacks;
    stats_.threads_moved += kernel_.threads();
  }
  if (options_.restart) start_at_ = now + options_.restart_after;
}

/// Not before the agent that was there is known to be gone: nothing of it may come after the
/// clearing.
void Keeper::begin_to_start() {
  if (!launcher_.is_free(next_place_)) return;
  start_at_.reset();
  const scheduling::AgentStats last = shown_stats(parts_.memory, place(next_place_));
  ended_ = ended_ + last;
  place(next_place_).clear(parts_.memory);
  starting_ = next_place_;
  next_place_ = (next_place_ + 1) % Layout::kPlaces;
  launcher_.start(*starting_);
}

void Keeper::take_over() {
  serving_ = std::exchange(starting_, std::nullopt);
  if (agents_++ > 0) ++stats_.restarts;
  stats_ = stats();  // with the time without an agent, up to here
  unserved_since_.reset();
  kernel_.attach_agent(*serving_, queue_);
}

void Keeper::note_served() {
  const std::optional<Instant> first = kernel_.first_commit();
  if (!dark_since_ || !first) return;
  ++stats_.blackouts;
  stats_.blackout += *first - *std::exchange(dark_since_, std::nullopt);
}

void Keeper::end(Instant patience) {
  if (!serving_) return;
  const int place = *std::exchange(serving_, std::nullopt);
  ask_to_leave(parts_, place);
  const Instant limit = parts_.clock.now() + patience;
  while (!launcher_.is_free(place) && parts_.clock.now() < limit)
    std::this_thread::sleep_for(100us);
  launcher_.kill(place);
}

KeeperStats Keeper::stats() const {
  KeeperStats stats = stats_;
  if (!unserved_since_) return stats;
  const Instant so_far = parts_.clock.now() - *unserved_since_;
  stats.without_agent += so_far;
  if (options_.fallback) stats.on_fallback += so_far;
  return stats;
}

scheduling::AgentStats Keeper::agent_stats() const {
  scheduling::AgentStats sum = ended_;
  for (int i = 0; i < Layout::kPlaces; ++i) sum = sum + shown_stats(parts_.memory, place(i));
  return sum;
}

}  // namespace native
