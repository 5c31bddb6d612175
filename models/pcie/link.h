// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <type_traits>
#include <utility>

#include "models/pcie/params.h"
#include "models/pcie/stats.h"
#include "models/pcie/wire.h"
#include "sim/callback.h"
#include "sim/simulation.h"

namespace pcie {

constexpr Direction opposite(Direction d) {
  return d == Direction::kToEndpoint ? Direction::kToRootComplex : Direction::kToEndpoint;
}

/// Fixed legs before and after the link. Given here they cost no events of their own, and packets
/// still take the wire in the order in which they reach it.
struct Legs {
  Duration to_wire{};  // from now to the sender's transaction layer
  Duration
      to_completer{};  // from the receiver's transaction layer to where data is read or written
  Duration to_requester{};  // of a read: from the requester's transaction layer to who asked
};

/// The part of a read that one request asks for.
struct Chunk {
  Bytes offset;
  Bytes size;
};

/// A PCIe link, both directions, transaction by transaction. A posted write takes one agenda entry,
/// a read two for each of its requests; waiting for the wire or for credits takes another one only
/// when a transaction handed over early, or without credits, turns out later than it could have.
///
/// Promised: exact to the picosecond, see Wire. `arrived` and `done` of one direction run in the
/// order of delivery.
///
/// A read whose completion does not come in time is given up by whoever asked (completion timeout);
/// a completion that comes after all is dropped.
///
/// Not modelled: see Wire; messages, configuration, atomics and other errors; requests that start
/// off a completion boundary. A tag is taken when a read is handed over and is free again when the
/// last completion of its request is with whoever asked, even if that had given up.
class Link {
 public:
  Link(sim::Simulation& sim, const LinkParams& params);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// A posted write, split at the MPS. `arrived()` runs when its last byte is there.
  template <class F>
  void post(Direction direction, Bytes size, F arrived) {
    post(direction, size, Legs{}, std::move(arrived));
  }
  template <class F>
  void post(Direction direction, Bytes size, const Legs& legs, F arrived);

  /// A read, split at the MRRS. For each request `serve(Chunk)`, or `serve()`, runs at the
  /// completer where the data is: it takes the bytes and returns how long the completer needs until
  /// the completions can leave. `done()` runs when the last completion of the last request is
  /// there.
  template <class Serve, class Done>
  void read(Direction request, Bytes size, Serve serve, Done done) {
    read(request, size, Legs{}, std::move(serve), std::move(done));
  }
  template <class Serve, class Done>
  void read(Direction request, Bytes size, const Legs& legs, Serve serve, Done done);
  /// The same for a requester with a completion timeout, which counts from when the first request
  /// is in its transaction layer and has a tag. `expired()` runs in place of `done()` when it is
  /// over, at whoever asked; `serve` may still run after that.
  template <class Serve, class Done, class Expired>
  void read(Direction request, Bytes size, const Legs& legs, Serve serve, Done done,
            Expired expired);

  /// A fault: nothing leaves on either wire for `span`. What is told to arrive arrives.
  void stall(Duration span);

  /// When a direction has sent what it has, or the next instant to ask again.
  Time free_at(Direction d) { return wire(d).free_at(sim_.now()); }
  /// Packets of a direction that wait for credits or for others, or are not ready.
  std::int64_t held(Direction d) { return wire(d).held(sim_.now()); }
  /// Reads without their tag yet.
  std::int64_t reads_waiting(Direction request) const { return tags(request).waiting; }
  LinkStats stats();
  /// Is told of packets from now on; nobody if it is null.
  void observe(Observer* observer);
  const LinkParams& params() const { return params_; }

 private:
  struct Read {
    sim::Callback<Duration(Chunk)> serve;
    sim::Callback<void()> done;
    sim::Callback<void()> expired;
    Time deadline = Time::max();  // of `done`, if the requester does not wait for ever
    bool expires = false;
    bool given_up = false;
    Direction request{};
    Bytes size;
    Bytes asked;
    Bytes answered;
    Time ready;
    Legs legs;
    Read* next = nullptr;  // waiting for a tag, or unused
  };
  struct Tags {
    int free;
    std::int64_t waiting = 0;
    Read* first = nullptr;
    Read* last = nullptr;
  };

  // Steps of a read:
  struct Answer {
    Link* link;
    Read* read;
    Chunk chunk;
    void operator()() const { link->answer(*read, chunk); }
    void comes_at(Time when) const { link->expect(*read, when); }
  };
  struct Answered {
    Link* link;
    Read* read;
    Bytes size;
    void operator()() const { link->answered(*read, size); }
    void comes_at(Time when) const { link->expect(*read, when); }
  };

  template <class F>
  void when_due(Direction d, Wire::Due due, F f);
  Read& unused_read();
  template <class Serve, class Done>
  Read& prepare(Direction request, Bytes size, const Legs& legs, Serve serve, Done done);
  void expect(Read& read, Time when) {
    if (when > read.deadline) give_up_at_deadline(read);
  }
  void give_up_at_deadline(Read& read);
  void start(Read& read);
  void ask_all(Read& read);
  void ask_one(Read& read);
  void answer(Read& read, Chunk chunk);
  void answered(Read& read, Bytes size);
  void finish(Read& read);
  void wait_for_tag(Read& read);

  Wire& wire(Direction d) { return d == Direction::kToEndpoint ? to_endpoint_ : to_root_complex_; }
  Tags& tags(Direction d) { return d == Direction::kToEndpoint ? root_tags_ : endpoint_tags_; }
  const Tags& tags(Direction d) const {
    return d == Direction::kToEndpoint ? root_tags_ : endpoint_tags_;
  }

  sim::Simulation& sim_;
  const LinkParams params_;
  Wire to_endpoint_;
  Wire to_root_complex_;
  Tags root_tags_;
  Tags endpoint_tags_;
  std::int64_t tag_stalls_ = 0;
  std::int64_t completion_timeouts_ = 0;
  std::deque<Read> reads_;  // stay where they are; unused ones are linked
  Read* unused_ = nullptr;
};

template <class F>
void Link::post(Direction d, Bytes size, const Legs& legs, F arrived) {
  const Time now = sim_.now();
  const Wire::Due due =
      wire(d).send(now, {PacketClass::kPosted, size, now + legs.to_wire, legs.to_completer});
  when_due(d, due, std::move(arrived));
}

template <class Serve, class Done>
void Link::read(Direction request, Bytes size, const Legs& legs, Serve serve, Done done) {
  start(prepare(request, size, legs, std::move(serve), std::move(done)));
}

template <class Serve, class Done, class Expired>
void Link::read(Direction request, Bytes size, const Legs& legs, Serve serve, Done done,
                Expired expired) {
  Read& read = prepare(request, size, legs, std::move(serve), std::move(done));
  read.expired.set(std::move(expired));
  read.expires = true;
  start(read);
}

template <class Serve, class Done>
Link::Read& Link::prepare(Direction request, Bytes size, const Legs& legs, Serve serve, Done done) {
  Read& read = unused_read();
  if constexpr (std::is_invocable_v<Serve&, Chunk>)
    read.serve.set(std::move(serve));
  else
    read.serve.set([serve = std::move(serve)](Chunk) mutable -> Duration { return serve(); });
  read.done.set(std::move(done));
  read.request = request;
  read.size = size;
  read.ready = sim_.now() + legs.to_wire;
  read.legs = legs;
  read.deadline = Time::max();
  read.expires = read.given_up = false;
  return read;
}

/// Runs `f` at the instant that `due` turns out to be: at once filed when it is decided, else asked
/// for again at the earliest it can be. A step of a read hears of it each time.
template <class F>
void Link::when_due(Direction d, Wire::Due due, F f) {
  if constexpr (requires { f.comes_at(due.when); }) f.comes_at(due.when);
  if (due.train == Wire::Due::kDecided) return sim_.at(due.when, std::move(f));
  sim_.at(due.when, [this, train = due.train, d, f = std::move(f)]() mutable {
    const Wire::Due now_due = wire(d).ask(sim_.now(), train);
    if (now_due.train == Wire::Due::kDecided && now_due.when == sim_.now()) return f();
    when_due(d, now_due, std::move(f));
  });
}

}  // namespace pcie
