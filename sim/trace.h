// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/units.h"

namespace sim {

/// A line of the picture: a machine, a core of it, a direction of a link. Zero is no track.
struct Track {
  std::uint32_t id = 0;

  auto operator<=>(const Track&) const = default;
};

/// Why something happened, and for whom.
struct Cause {
  static constexpr std::int64_t kNoRequest = -1;

  std::int64_t request = kNoRequest;
  std::string_view what = {};  // what brought it about, as in "doorbell"
};

/// What happened in a run, kept in memory until a writer (sim/trace_writers.h) puts it into a file.
/// Recording is an append; sorting and encoding wait until the run is over. What comes after
/// `limit` records is counted and left out, so that a long run cannot fill the memory.
class TraceLog {
 public:
  // Forty bytes each, and some hundred more while a writer sorts them.
  static constexpr std::size_t kDefaultLimit = 1'000'000;

  explicit TraceLog(std::size_t limit = kDefaultLimit) : limit_(limit) {}

  /// An index into `names`; zero is the empty name.
  using Name = std::uint32_t;

  struct TrackName {
    Name name;
    Track parent;
  };
  struct Span {
    Track track;
    Name name;
    Name cause;
    std::int64_t request;
    Time begin;
    Time end;
  };
  struct Instant {
    Track track;
    Name name;
    Name cause;
    std::int64_t request;
    Time at;
  };
  struct Sample {
    Track track;
    Name name;
    Time at;
    double value;
  };
  struct Arrow {
    Name name;
    std::int64_t request;
    Track from;
    Track to;
    Time sent;
    Time arrived;
  };

  // What `Trace` calls; see there.
  Track track(std::string_view name, Track parent);
  void span(Track track, std::string_view name, Time begin, Time end, const Cause& cause);
  void instant(Track track, std::string_view name, Time at, const Cause& cause);
  void counter(Track track, std::string_view name, Time at, double value);
  void flow(Track from, Time sent, Track to, Time arrived, std::string_view name,
            std::int64_t request);

  const std::string& name(Name n) const { return names_[n]; }
  const std::vector<std::string>& names() const { return names_; }
  /// Of track i + 1; a parent comes before its children.
  const std::vector<TrackName>& tracks() const { return tracks_; }
  const std::vector<Span>& spans() const { return spans_; }
  const std::vector<Instant>& instants() const { return instants_; }
  const std::vector<Sample>& samples() const { return samples_; }
  const std::vector<Arrow>& arrows() const { return arrows_; }
  /// Records beyond the limit.
  std::size_t dropped() const { return dropped_; }

 private:
  Name intern(std::string_view name);
  bool room();

  std::size_t limit_;
  std::size_t records_ = 0;
  std::size_t dropped_ = 0;
  std::vector<std::string> names_{""};
  std::map<std::string, Name, std::less<>> name_ids_{{"", 0}};
  std::vector<TrackName> tracks_;
  std::map<std::pair<Track, Name>, Track> track_ids_;
  std::vector<Span> spans_;
  std::vector<Instant> instants_;
  std::vector<Sample> samples_;
  std::vector<Arrow> arrows_;
};

/// What models hold: a place to write to, or none. Copy it freely. Without a log every call is a
/// test of a pointer.
class Trace {
 public:
  Trace() = default;
  explicit Trace(TraceLog& log) : log_(&log) {}

  /// For whoever has to compute what it would write.
  explicit operator bool() const { return log_ != nullptr; }

  /// The track of this name below `parent`, or a track of its own. Asking again gives the same one.
  Track track(std::string_view name, Track parent = {}) const {
    return log_ ? log_->track(name, parent) : Track{};
  }

  /// `track` did `name` from `begin` to `end`. Spans of one track may nest and may overlap; they
  /// may be told in any order.
  void span(Track track, std::string_view name, Time begin, Time end,
            const Cause& cause = {}) const {
    if (log_) log_->span(track, name, begin, end, cause);
  }

  /// `name` happened on `track`.
  void instant(Track track, std::string_view name, Time at, const Cause& cause = {}) const {
    if (log_) log_->instant(track, name, at, cause);
  }

  /// From `at` on the number called `name` of `track` is `value`.
  void counter(Track track, std::string_view name, Time at, double value) const {
    if (log_) log_->counter(track, name, at, value);
  }

  /// An arrow: what left `from` at `sent` reached `to` at `arrived`.
  void flow(Track from, Time sent, Track to, Time arrived, std::string_view name,
            std::int64_t request = Cause::kNoRequest) const {
    if (log_) log_->flow(from, sent, to, arrived, name, request);
  }

 private:
  TraceLog* log_ = nullptr;
};

}  // namespace sim
