// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/pcie/credits.h"
#include "models/pcie/observer.h"
#include "models/pcie/params.h"
#include "models/pcie/stats.h"

namespace pcie {

/// One direction of a link: decides which packet is on the wire when.
///
/// Packets are handed over in trains: the packets of one write, or the completions of one read
/// request. A train may be handed over long before it is ready to leave. Nothing is decided before
/// it has to be: whoever waits for a train asks at the earliest instant at which it could have
/// arrived, and by then everything that could have gone before it is known. That makes the wire
/// exact without an event of its own.
///
/// Promised: trains leave in the order in which they get ready, except that a train without credits
/// is passed by younger ones where PCIe allows it: posted packets pass reads and completions, reads
/// and completions pass each other, nothing passes a posted packet, and no class passes itself.
///
/// Not modelled: replays, relaxed and id-based ordering, virtual channels, other arbiters than
/// first come first served, switches that store and forward.
class Wire {
 public:
  explicit Wire(const LinkParams& params);

  struct Departure {
    PacketClass kind;
    Bytes payload;    // of the whole train; nothing for a read request
    Time ready;       // when its first packet may leave
    Duration tail{};  // added to every instant below: a leg of the way beyond the wire
  };
  /// When a train's last byte is delivered, tail included; no more than a lower bound while `train`
  /// names one that is undecided.
  struct Due {
    static constexpr std::int32_t kDecided = -1;
    Time when;
    std::int32_t train = kDecided;
  };
  Due send(Time now, const Departure& departure);
  /// Asks again at the instant last given. Once decided, the train is forgotten.
  Due ask(Time now, std::int32_t train);

  /// Nothing leaves before `until`. Trains whose arrival was already told keep it.
  void stall(Time now, Time until);

  /// When the wire is through with everything that is ready now, or the next instant to ask.
  Time free_at(Time now);
  /// Packets handed over that have no place on the wire yet: one that is ready gets it at once,
  /// even if the wire is busy until then.
  std::int64_t held(Time now);
  const WireStats& stats(Time now);

  /// Is told of the packets of this direction from now on; nobody if it is null.
  void observe(Observer* observer, Direction direction) {
    observer_ = observer;
    direction_ = direction;
  }

 private:
  static constexpr std::int32_t kNone = -1;
  static constexpr std::size_t kClasses = 3;

  struct Train {
    PacketClass kind;
    Bytes left;
    std::int64_t packets;  // left
    Time ready;
    Duration tail;
    std::uint64_t age;  // order of getting ready
    Time delivered;     // of the packets sent so far
    std::int32_t previous;
    std::int32_t next;
  };
  struct List {
    std::int32_t first = kNone;
    std::int32_t last = kNone;
  };
  struct Class {
    const Bytes header;
    const Bytes largest;  // payload of one packet
    Credits credits;
    List blocked{};  // ready, oldest first
  };
  struct Step {
    Time when;
    List* list;
  };

  std::int64_t packets_of(const Departure& departure) const;
  Due expect(const Departure& departure, std::int64_t packets);
  Due join(Time now, const Departure& departure, std::int64_t packets);

  /// Decides everything that happens up to and including `now`, in the order in which it happens.
  void settle(Time now) {
    if (blocked_trains_ > 0 || next_ready_ <= now) take_steps(now);
  }
  void take_steps(Time now);
  Step next_step();
  void take(Step step);
  void take_coming();
  Time unblocked(PacketClass kind) const;
  bool must_queue(PacketClass kind) const;
  bool run(Train& train, Time from);
  void count(PacketClass kind, Bytes payload, Duration taken);

  Bytes next_payload(const Train& train) const;
  Duration wire_time(const Class& c, Bytes payload) const;
  Due due(const Train& train, Time start) const;

  std::int32_t unused_train();
  void insert_by_ready(std::int32_t id);
  void start_coming();
  void block(std::int32_t id);
  void unblock(List& list);
  Class& of(PacketClass kind) { return classes_[static_cast<std::size_t>(kind)]; }
  const Class& of(PacketClass kind) const { return classes_[static_cast<std::size_t>(kind)]; }
  Train& at(std::int32_t id) { return trains_[static_cast<std::size_t>(id)]; }
  const Train& at(std::int32_t id) const { return trains_[static_cast<std::size_t>(id)]; }

  const Duration one_way_;
  const Duration credit_return_;
  std::array<Class, kClasses> classes_;
  std::vector<Duration> word_times_;  // by packet length in words of four bytes
  WireStats stats_;

  Time free_ = Time::min();     // the wire, of every packet decided so far
  Time settled_ = Time::min();  // of the last decision
  std::uint64_t ages_ = 0;
  std::int64_t held_ = 0;
  std::vector<Train> trains_;
  std::int32_t unused_ = kNone;
  List coming_;                    // not ready yet, the next one first
  Time next_ready_ = Time::max();  // of those
  int blocked_trains_ = 0;

  Observer* observer_ = nullptr;
  Direction direction_{};
};

}  // namespace pcie
