// SPDX-License-Identifier: Apache-2.0
#include <deque>
#include <utility>
#include <vector>

#include "sim/test_properties.h"
#include "subsystems/wave/agent/producer_cursor.h"

namespace wave {
namespace {

enum class Action { kSend, kSendTwoAtOnce, kConsume, kReplace };

/// A queue of flags, its producer as in all queues and a consumer that frees entries in order, and
/// beside it what should be in it.
class Queue {
 public:
  explicit Queue(std::int64_t capacity)
      : flags_(static_cast<std::size_t>(capacity)), producer_(capacity) {}

  void act(Action action) {
    switch (action) {
      case Action::kSend:
        return send();
      case Action::kSendTwoAtOnce:
        another_sends_ = true;
        return send();
      case Action::kConsume:
        return consume();
      case Action::kReplace:
        return replace();
    }
  }

 private:
  void send() {
    const bool room =
        producer_.has_room() || producer_.make_room([this](std::int64_t i) { return is_free(i); });
    RC_ASSERT(room == (expected_.size() < flags_.size()));  // asked in doubt, it is never wrong
    if (!room) return;
    const ProducerCursor::Entry entry = producer_.take();
    RC_ASSERT(flag(entry.index) == 0u);  // nobody has yet to read what is there
    RC_ASSERT(entry.flag == ++sent_);
    flag(entry.index) = entry.flag;
    expected_.push_back(entry.flag);
  }

  /// While one sender waits for the answer another may find the same.
  bool is_free(std::int64_t index) {
    const bool free = flag(index) == 0;
    if (std::exchange(another_sends_, false)) send();
    return free;
  }

  void consume() {
    if (expected_.empty()) {
      RC_ASSERT(flag(head_) == 0u);
      return;
    }
    RC_ASSERT(flag(head_) == expected_.front());
    expected_.pop_front();
    flag(head_) = 0;
    head_ = (head_ + 1) % static_cast<std::int64_t>(flags_.size());
  }

  void replace() {
    flags_.assign(flags_.size(), 0);
    expected_.clear();
    head_ = 0;
    sent_ = 0;
    producer_.restart(static_cast<std::int64_t>(flags_.size()));
  }

  std::uint64_t& flag(std::int64_t index) { return flags_.at(static_cast<std::size_t>(index)); }

  std::vector<std::uint64_t> flags_;
  ProducerCursor producer_;
  std::deque<std::uint64_t> expected_;
  std::int64_t head_ = 0;
  std::uint64_t sent_ = 0;
  bool another_sends_ = false;
};

TEST(QueueProperty, NothingIsLostOverwrittenOrTakenTwice) {
  sim::expect_always("what is sent is taken once, in order", [] {
    Queue queue(*rc::gen::inRange(1, 9));
    const auto action = rc::gen::weightedElement<Action>({{6, Action::kSend},
                                                          {3, Action::kSendTwoAtOnce},
                                                          {8, Action::kConsume},
                                                          {1, Action::kReplace}});
    for (const Action a : *rc::gen::container<std::vector<Action>>(action)) queue.act(a);
  });
}

}  // namespace
}  // namespace wave
