// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "models/core/core_params.h"
#include "models/core/observer.h"
#include "models/core/package.h"
#include "models/memory/mapping.h"
#include "models/memory/posted_writes.h"
#include "models/memory/shared_line.h"
#include "sim/fiber.h"
#include "sim/simulation.h"

namespace core {

/// A core (or hardware thread) that runs one program: ordinary blocking code on a fiber, whose
/// computing and memory accesses take the time that this core, its caches and the mapping's memory
/// type say.
///
/// Time that nobody else can notice is only added up: the core works ahead of the simulation. What
/// it sends or stores is filed for the instant at which it happens; the rest of the world catches
/// up
/// (`sync`) before it reads what others could change.
///
/// Its speed may change while it runs. `work` is split exactly where it does; `compute`, which is
/// for the short work of kernels and agents, takes the speed at its beginning.
///
/// Not modelled: out-of-order overlap of independent cached misses, hardware prefetching, a
/// write-combining buffer that is still on its way out when it is wanted again.
class Core {
 public:
  Core(sim::Simulation& sim, std::string name, memory::Domain& domain, memory::CoreIndex index,
       const CoreParams& params);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  const std::string& name() const { return name_; }
  memory::CoreIndex index() const { return index_; }
  memory::Domain& domain() const { return domain_; }
  const CoreParams& params() const { return params_; }
  sim::Simulation& simulation() { return sim_; }

  /// Starts `program` at the present instant. One program per core and life.
  void start(std::function<void()> program);
  /// Ends the program where it stands, unwinding its stack; `start` may follow.
  void kill();

  // What the program does:

  /// The present on this core's own clock, which may be ahead of the simulation's.
  sim::Time now() const { return sim_.now() + ahead_; }
  /// Work that takes `on_reference`, and `more`, on the reference core (Zen 3 at 3.5 GHz), scaled
  /// by this core's clock and instructions per clock.
  template <std::same_as<sim::Duration>... More>
  void compute(const sim::Duration& on_reference, const More&... more) {
    const sim::Duration takes = scaled((on_reference + ... + more));
    if (observer_ != nullptr) [[unlikely]]
      return go_ahead(Step::Kind::kCompute, takes, {part(on_reference), part(more)...});
    ahead_ += takes;
  }
  /// Basic blocks of code that counts them (CoreParams::block_cycles).
  void run_blocks(std::int64_t blocks);
  /// The same for long work: goes on until what takes `left` at the present speed is done, or until
  /// somebody unparks this core, which a change of speed does too; true then, and `left` is what
  /// remains at the speed of that instant.
  bool work(sim::Duration& left);
  /// As `compute`, but split exactly where the speed changes, and nobody's unparking ends it.
  void work_through(sim::Duration on_reference);
  /// Time that does not scale with the core's clock.
  void spend(const sim::Duration& d) { spend(d, d); }
  /// The same, told as `parameter`, from which it comes.
  void spend(sim::Duration d, const sim::Duration& parameter) {
    if (observer_ != nullptr) [[unlikely]]
      return go_ahead(Step::Kind::kSpend, d, {{.parameter = &parameter, .each = d}});
    ahead_ += d;
  }
  /// Lets the rest of the simulation reach this core's present.
  void sync();
  void sleep_until(sim::Time when);
  /// As Fiber::park and park_until, from this core's present on.
  void park();
  bool park_until(sim::Time deadline);

  /// What a read may do on purpose: return an old flag, as a poll of a prefetched line does; return
  /// what belongs to a flag just read from the same copy, whatever has happened to the line since,
  /// and if that was half written throw it away.
  enum class Staleness : std::uint8_t { kIsAnError, kIsExpected, kFollowsFlag };

  void load(memory::Mapping& from, std::int64_t offset, std::span<std::byte> out,
            Staleness staleness = Staleness::kIsAnError);
  void store(memory::Mapping& to, std::int64_t offset, std::span<const std::byte> data);
  /// Starts to bring the line near and goes on. Nothing happens on UC and WC mappings.
  void prefetch(memory::Mapping& from, std::int64_t offset);
  /// Starts to bring a line of cached memory to this core, as a load does that an out-of-order core
  /// issues while an earlier one still waits; returns when it is here.
  sim::Time fetch_ahead(memory::Mapping& from, std::int64_t offset);
  /// Removes the line from every cache of this core's domain (CLFLUSH).
  void flush(memory::Mapping& from, std::int64_t offset);
  /// Waits until earlier stores have left the core (SFENCE).
  void store_fence();
  /// The same, and orders earlier flushes before later loads (MFENCE).
  void full_fence();
  /// Empties the write-combining buffers, as an interrupt or a serialising instruction does.
  void drain_write_combining();

  /// More of a line whose first word this core has just loaded and found to be its own now: nobody
  /// else writes it, so the world need not catch up. Own memory only.
  void load_rest(memory::Mapping& from, std::int64_t offset, std::span<std::byte> out);

  template <class T>
  T load(memory::Mapping& from, std::int64_t offset, Staleness staleness = Staleness::kIsAnError) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    load(from, offset, std::as_writable_bytes(std::span(&value, 1)), staleness);
    return value;
  }
  /// Not of a span: that means the bytes that it points to.
  template <class T>
  requires(!std::is_convertible_v<const T&, std::span<const std::byte>>) void store(
      memory::Mapping& to, std::int64_t offset, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    store(to, offset, std::as_bytes(std::span(&value, 1)));
  }

  // Lines that are shared between cores but whose bytes do not matter (locks, run queues, thread
  // structures): only their movement takes time, and the core waits for it.
  void touch(memory::CoherentLine& line, int lines = 1) {
    if (observed()) [[unlikely]] {
      const Observed step(*this, Step::Kind::kTouch, line);
      return touch(line, lines);
    }
    take_lines(line.write(domain_, index_), lines, lines);
  }
  /// Reads `lines` lines that move together.
  void look(memory::CoherentLine& line, int lines = 1) {
    if (observed()) [[unlikely]] {
      const Observed step(*this, Step::Kind::kLook, line);
      return look(line, lines);
    }
    take_lines(line.read(domain_, index_), lines, lines);
  }
  // The same where others may want them at the same time.
  void touch(memory::SharedLine& line, int lines = 1) {
    if (observed()) [[unlikely]] {
      const Observed step(*this, Step::Kind::kTouch, line.line());
      return touch(line, lines);
    }
    take_turn(line.write(domain_, index_, now()), lines);
  }
  void look(memory::SharedLine& line, int lines = 1) {
    if (observed()) [[unlikely]] {
      const Observed step(*this, Step::Kind::kLook, line.line());
      return look(line, lines);
    }
    take_turn(line.read(domain_, index_, now()), lines);
  }

  /// Whether a store to the line is still on its way to own memory.
  bool has_pending_store(const memory::Mapping& mapping, std::int64_t offset) const;
  /// When the last of the stores so far to own memory is, or was, there for others to see.
  sim::Time stores_visible() const { return std::max(stores_visible_, sim_.now()); }

  // Idle states, for whose sake a core may belong to a package:
  void attach(Package& package) { package_ = &package; }
  /// Stops here, in `state`, until `resume`. Both at the core's own present.
  void halt(IdleState state);
  void resume();
  /// Nothing if it belongs to no package.
  std::optional<bool> gated() const;

  // For who wants to know what it does and why that takes so long (observer.h):
  /// Is told from now on; nobody if it is null.
  void observe(Observer* observer) { observer_ = observer; }
  Observer* observer() const { return observer_; }
  /// The program says what it is about to do.
  void does(const char* what, std::int64_t number = 0) const {
    if (observer_ != nullptr) [[unlikely]]
      observer_->does(*this, what, number);
  }

  // What others do:
  /// From this instant on, the core runs at `clock` and gets `share` of its pipeline, the rest of
  /// which another hardware thread has.
  void set_speed(sim::Frequency clock, double share);
  void unpark();
  /// The same later, or sooner if it was to go on sooner anyway; only while `parked`.
  void unpark_at(sim::Time when);
  bool parked() const { return parked_; }

  /// What `on_reference` takes at the present speed.
  sim::Duration scaled(sim::Duration on_reference) const {
    constexpr auto kHalf = sim::detail::Int128{1} << 31;
    const auto product = sim::detail::Int128{on_reference.count()} * scale_;
    return sim::Duration{static_cast<std::int64_t>((product + kHalf) >> 32)};
  }
  /// Reports writes that never left the write-combining buffers.
  void check_lost_writes();

 private:
  /// As long as a step lasts that somebody wants to know of. Steps within it are part of it.
  class Observed {
   public:
    template <class... Details>
    Observed(Core& core, Step::Kind kind, const Details&... details)
        : core_(core.observer_ == nullptr ? nullptr : core.begin_step(kind, details...)) {}
    ~Observed() {
      if (core_ != nullptr) [[unlikely]]
        core_->end_step();
    }
    Observed(const Observed&) = delete;
    Observed& operator=(const Observed&) = delete;
    explicit operator bool() const { return core_ != nullptr; }

   private:
    Core* const core_;
  };
  /// Returns this core, or null within another step.
  [[gnu::cold]] Core* begin_step(Step::Kind kind);
  [[gnu::cold]] Core* begin_step(Step::Kind kind, const memory::CoherentLine& line);
  [[gnu::cold]] Core* begin_step(Step::Kind kind, const memory::Mapping& mapping,
                                 std::int64_t offset, std::span<const std::byte> bytes);
  [[gnu::cold]] void end_step();
  /// Somebody wants to know of what it does, and this is not part of a step: it is to be one.
  bool observed() const { return observer_ != nullptr && !in_step_; }
  static Part part(const sim::Duration& parameter) {
    return {.parameter = &parameter, .each = parameter};
  }
  /// A step of its own, of these parts.
  [[gnu::cold]] void go_ahead(Step::Kind kind, sim::Duration takes,
                              std::initializer_list<Part> parts);
  // Parts of the step that it is in, which are only told:
  [[gnu::cold]] void tell_part(const void* parameter, sim::Duration each, std::int64_t times = 1);
  /// Lines that come from elsewhere, and hits.
  [[gnu::cold]] void tell_lines(sim::Duration move, std::int64_t lines, std::int64_t hits);
  // The same, and goes ahead by them:
  template <class Parameter>
  void take(const Parameter& parameter, sim::Duration each, std::int64_t times = 1) {
    if (observer_ != nullptr) [[unlikely]]
      tell_part(&parameter, each, times);
    ahead_ += times * each;
  }
  void take_lines(sim::Duration move, std::int64_t lines, std::int64_t hits) {
    if (observer_ != nullptr) [[unlikely]]
      tell_lines(move, lines, hits);
    ahead_ += lines * move + hits * l1_hit_;
  }

  void take_turn(const memory::SharedLine::Turn& turn, std::int64_t lines) {
    ahead_ += turn.wait;
    take_lines(turn.move, lines, lines);
  }

  /// A word on its way to the program across a path. It lands here: the program may be killed
  /// meanwhile, and what is on its stack goes with it.
  struct Reading {
    Core* core = nullptr;
    std::uint64_t life = 0;  // whose program asked; below, what lies on its stack
    std::span<std::byte> out;
    bool* done = nullptr;
    std::array<std::byte, memory::kWord> word{};
  };

  /// A line on its way.
  struct Prefetch {
    const memory::CoherentLine* line = nullptr;
    sim::Time done{};
  };
  /// As many as are remembered: cores have places for ten to some twenty misses. What is prefetched
  /// besides takes no time.
  static constexpr std::size_t kPrefetches = 16;

  struct CombiningBuffer {
    memory::Mapping* mapping;
    std::int64_t line;  // offset of the line in its region
    std::uint64_t valid = 0;
    sim::Time first_store;
    std::array<std::byte, memory::kCacheLine> bytes;
  };

  bool is_far(const memory::Mapping& mapping) const {
    return mapping.remote() && mapping.far_from(node());
  }
  bool by_coherence(const memory::Mapping& mapping) const;
  /// How long from the simulation's present until what goes across now may leave.
  sim::Duration after_posted_stores() const { return std::max(ahead_, posted_ - sim_.now()); }
  void wait_for_stores() { sleep_until(stores_visible_); }
  void load_line(memory::Mapping& from, std::int64_t offset, std::span<std::byte> out,
                 Staleness staleness);
  void store_line(memory::Mapping& to, std::int64_t offset, std::span<const std::byte> data);
  sim::Time begin_wait();
  void end_wait(sim::Time busy_until);
  void load_home(memory::Mapping& from, std::int64_t offset, std::span<std::byte> out);
  void load_home_uncached(memory::Mapping& from, std::int64_t offset, std::span<std::byte> out);
  void prefetch_home(memory::Mapping& from, std::int64_t offset);
  sim::Duration rest_of_prefetch(const memory::CoherentLine& line) const;
  void load_across(memory::Mapping& from, std::int64_t offset, std::span<std::byte> out);
  static void finish_reading(void* reading);
  void load_write_through(memory::Mapping& from, std::int64_t offset, std::span<std::byte> out,
                          Staleness staleness);
  void wait_for_fill(memory::Mapping& from, std::int64_t offset);
  static void filled(void* core, std::uint64_t life, bool valid);
  void fill(memory::Mapping& from, std::int64_t offset);
  void check_copy(memory::Mapping& from, std::int64_t offset, std::size_t size, Staleness staleness,
                  bool hit);
  void report(memory::Finding::Kind kind, memory::Mapping& from, std::int64_t offset,
              const char* missing);

  void flush_home(memory::Mapping& from, std::int64_t offset);
  void store_home(memory::Mapping& to, std::int64_t offset, std::span<const std::byte> data);
  void store_words(memory::Mapping& to, std::int64_t offset, std::span<const std::byte> data,
                   const sim::Duration& each);
  void store_across(memory::Mapping& to, std::int64_t offset, std::span<const std::byte> data);
  void store_in_copy(memory::Mapping& to, std::int64_t offset, std::span<const std::byte> data,
                     sim::Time leaves);
  sim::Duration time_to_own(memory::Mapping& to, std::int64_t offset);
  memory::CachedLine& settled(memory::Mapping& from, std::int64_t offset);
  void combine(memory::Mapping& to, std::int64_t offset, std::span<const std::byte> data);
  void combine_line(memory::Mapping& to, std::int64_t offset, std::span<const std::byte> data);
  CombiningBuffer& buffer_for(memory::Mapping& to, std::int64_t line);
  void emit(CombiningBuffer& buffer);
  void emit_line(memory::Mapping& to, std::int64_t offset, std::span<const std::byte> data);
  void leave_combining(const memory::Path& path);
  void write_combined(memory::Path& path, memory::Region& region, std::int64_t offset,
                      std::span<const std::byte> data, bool complete);
  void wait_for_answer();
  void buffer_store(memory::Mapping& to, std::int64_t offset, std::span<const std::byte> data,
                    sim::Time earliest, bool complete);
  memory::Region::Leaves leaves(const memory::Mapping& to) const;
  memory::NodeIndex node() const { return domain_.node(index_); }
  memory::Path& path_of(const memory::Mapping& mapping) const {
    if (observer_ != nullptr) [[unlikely]]
      observer_->goes_out(*this);
    return mapping.path(node());
  }

  sim::Simulation& sim_;
  std::string name_;
  memory::Domain& domain_;
  memory::CoreIndex index_;
  const CoreParams params_;
  sim::Duration l1_hit_;
  sim::Duration store_issue_;
  std::int64_t scale_;  // reference time to this core's time, in units of 2^-32
  sim::Duration ahead_{0};
  bool parked_ = false;
  bool working_ = false;    // parked until long work is done
  std::uint64_t life_ = 0;  // programs that were killed
  memory::Pool<Reading> readings_;
  bool filled_ = false;  // the line that it waited for was here
  Package* package_ = nullptr;
  Observer* observer_ = nullptr;
  bool in_step_ = false;
  Step step_;                                       // the one that it is in
  std::array<Prefetch, kPrefetches> prefetches_{};  // the youngest, in turn
  std::size_t next_prefetch_ = 0;
  sim::Time prefetches_done_{};  // all of them
  sim::Time stores_visible_{};   // when the youngest buffered store will be visible
  sim::Time posted_{};           // when the youngest store across a path left the store buffer
  std::vector<CombiningBuffer> combining_;
  sim::Time combined_out_{};    // when the fabric has taken the youngest line, if it does at once
  bool awaits_answer_ = false;  // to lines that left the buffers
  sim::Time acknowledged_{};    // when it comes, of those that have left the core
  std::unique_ptr<sim::Fiber> fiber_;  // last: it stops before what it uses goes away
};

}  // namespace core
