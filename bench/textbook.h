// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <utility>
#include <vector>

#include "bench/work.h"

namespace bench {

/// The event loop that everybody writes first: std::priority_queue of std::function.
class Textbook {
 public:
  class Timer;

  explicit Textbook(std::int64_t) {}

  void after(Ticks d, std::function<void()> f) {
    queue_.push({now_ + d, sequence_++, std::move(f)});
  }
  void run() {
    stopping_ = false;
    while (!queue_.empty() && !stopping_) {
      Entry next = std::move(const_cast<Entry&>(queue_.top()));
      queue_.pop();
      now_ = next.when;
      next.f();
    }
  }
  void stop() { stopping_ = true; }

 private:
  struct Entry {
    Ticks when;
    std::uint64_t sequence;
    std::function<void()> f;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
    }
  };

  std::priority_queue<Entry, std::vector<Entry>, Later> queue_;
  Ticks now_ = 0;
  std::uint64_t sequence_ = 0;
  bool stopping_ = false;
};

/// A cancelled entry stays in the queue and does nothing when its turn comes.
class Textbook::Timer {
 public:
  Timer(Textbook& engine, std::function<void()> f) : engine_(engine), f_(std::move(f)) {}

  void arm(Ticks d) {
    engine_.after(d, [this, armed = ++generation_] {
      if (armed == generation_) f_();
    });
  }
  void cancel() { ++generation_; }

 private:
  Textbook& engine_;
  std::function<void()> f_;
  std::uint64_t generation_ = 0;
};

}  // namespace bench
