// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/story/shared_words.h"
#include "experiments/story/words_on_their_way.h"
#include "experiments/system/observers.h"
#include "sim/simulation.h"

namespace story {

/// Somebody's place in a recording.
using CoreNumber = std::size_t;

/// An access on its way between a core and memory across a link.
struct Trip {
  memory::PathObserver::Kind kind{};
  CoreNumber core = 0;
  std::size_t size = 0;
  sim::Time left{};
  sim::Time at_memory{};
  sim::Duration service{};  // of a read, at the memory
  sim::Time back{};         // of a read
  bool expired = false;  // it came back without an answer, in whose place the root port gives one
};

/// Why a core could go on, or what it found, if that came from another one.
struct Origin {
  enum class Kind : std::uint8_t { kWord, kInterrupt };
  Kind kind{};
  CoreNumber from = 0;
  sim::Time sent{};     // left that core
  sim::Time arrived{};  // was there to be seen, or taken
  std::string what = {};
  std::size_t trip = 0;  // that carried a word; 0: none
};

/// A step that a core has made.
struct Made {
  core::Step::Kind kind{};
  sim::Time begin{};
  sim::Time end{};
  const char* activity = "";
  std::int64_t number = 0;  // of the thread or CPU that it is about
  const memory::Mapping* mapping = nullptr;
  std::int64_t offset = 0;
  std::size_t size = 0;
  std::vector<core::Part> parts = {};
  std::vector<std::size_t> trips = {};  // that it began
  std::size_t awaited = 0;              // a trip that was under way and brought its line; 0: none
  std::optional<Origin> origin = {};
  Word word = {};         // that it stored last, or loaded
  std::string says = {};  // what its bytes mean

  sim::Duration took() const { return end - begin; }
};

/// A CPU's way from one thread to the next: from when the one stops until the other runs. What
/// `handover_us` is the mean of.
struct Handover {
  CoreNumber cpu = 0;
  std::int64_t from = 0;
  std::int64_t to = 0;
  sim::Time begin{};
  sim::Time end{};

  sim::Duration took() const { return end - begin; }
  bool operator==(const Handover&) const = default;
};

/// Keeps what cores do, for a look back: a step behind the other without a gap, each with what made
/// it that long, and who told whom what. Forgets what is long past.
class Recording : public core::Observer, public memory::PathObserver {
 public:
  Recording(const sim::Simulation& sim, const SharedWords& words) : sim_(sim), shared_(words) {}

  void add_core(const experiments::CorePlace& place);
  experiments::Observers observers() { return {.cores = this, .paths = this}; }

  const experiments::CorePlace& place(CoreNumber core) const { return cores_[core].place; }
  std::size_t cores() const { return cores_.size(); }
  /// The steps of a core that overlap `[begin, end]` with more than an edge, in order.
  std::vector<const Made*> steps(CoreNumber core, sim::Time begin, sim::Time end) const;
  /// The step that lasts until `when` or beyond it, from before; null: not recorded.
  const Made* before(CoreNumber core, sim::Time when) const;
  /// Null: long past, and forgotten.
  const Trip* trip(std::size_t number) const {
    return number < first_trip_ ? nullptr : &trips_.at(number - first_trip_);
  }
  const std::vector<Handover>& handovers() const { return handovers_; }

  // What it is told:
  void begins(const core::Core& core, const core::Step& step) override;
  void ends(const core::Core& core, const core::Step& step) override;
  void takes(const core::Core& core, const core::Part& part) override;
  void goes_out(const core::Core& core) override;
  void does(const core::Core& core, const char* what, std::int64_t number) override;
  void interrupts(const core::Core& by, const core::Core& to, int kind) override;
  void interrupted(const core::Core& to, int kind) override;
  void reaches(const core::Core&, core::Milestone, std::int64_t, std::int64_t, sim::Time) override {
  }
  std::uint64_t leaves(Kind kind, const memory::Region& region, std::int64_t offset,
                       std::size_t size, sim::Duration later) override;
  void at_memory(std::uint64_t trip, sim::Duration service) override;
  void back(std::uint64_t trip) override;
  void expired(std::uint64_t trip) override;

 private:
  struct CoreRecord {
    experiments::CorePlace place;
    std::deque<Made> steps{};
    Made current{};
    const char* activity = "";
    std::int64_t number = 0;
    std::optional<Handover> handover = {};  // under way
    std::deque<Origin> interrupts = {};     // that have arrived
  };
  struct Store {
    CoreNumber from = 0;
    sim::Time end{};
    std::size_t trip = 0;
    std::string says;
  };
  using Line = std::pair<const memory::Region*, std::int64_t>;

  CoreRecord& of(const core::Core& core) { return cores_[numbers_.at(&core)]; }
  void stored(CoreRecord& core, const core::Step& step);
  void loaded(CoreRecord& core, const core::Step& step);
  Word word_of(const core::Step& step) const;
  std::string meaning(const core::Step& step) const;
  void forget(CoreRecord& core);

  const sim::Simulation& sim_;
  const SharedWords shared_;
  std::vector<CoreRecord> cores_;
  std::map<const core::Core*, CoreNumber> numbers_;  // looked up, never gone through
  CoreNumber out_ = 0;                               // who goes out on a path
  std::deque<Trip> trips_;
  std::size_t first_trip_ = 1;  // the number of the first that is kept
  std::map<std::pair<CoreNumber, Line>, std::size_t> fills_;  // the youngest read of a line
  WordsOnTheirWay<Store> words_;
  std::map<std::pair<const core::Core*, int>, std::deque<Origin>> sent_;
  std::vector<Handover> handovers_;
};

}  // namespace story
