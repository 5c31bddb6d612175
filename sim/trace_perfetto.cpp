// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <ostream>
#include <utility>

#include "sim/protobuf.h"
#include "sim/trace_timeline.h"
#include "sim/trace_writers.h"

namespace sim {
namespace {

// Field numbers of Perfetto's public protos/perfetto/trace/**/*.proto, by message.
namespace trace {
constexpr std::uint32_t kPacket = 1;
}
namespace packet {
constexpr std::uint32_t kTimestamp = 8, kSequenceId = 10, kTrackEvent = 11, kInternedData = 12,
                        kSequenceFlags = 13, kTrackDescriptor = 60;
}
namespace interned_data {
constexpr std::uint32_t kEventNames = 2;
}
namespace event_name {
constexpr std::uint32_t kId = 1, kName = 2;
}
namespace track_descriptor {
constexpr std::uint32_t kUuid = 1, kName = 2, kParentUuid = 5, kCounter = 8, kChildOrdering = 11,
                        kSiblingOrderRank = 12;
}
namespace track_event {
constexpr std::uint32_t kDebugAnnotations = 4, kType = 9, kNameId = 10, kTrackUuid = 11,
                        kDoubleCounterValue = 44, kFlowIds = 47, kTerminatingFlowIds = 48;
}
namespace debug_annotation {
constexpr std::uint32_t kIntValue = 4, kStringValue = 6, kName = 10;
}

// Values of their enumerations.
constexpr std::uint64_t kIncrementalStateCleared = 1, kNeedsIncrementalState = 2;
constexpr std::uint64_t kExplicitOrder = 3;  // children by rank: "core 10" after "core 9"
constexpr std::uint64_t kSliceBegin = 1, kSliceEnd = 2, kInstant = 3, kCounter = 4;

constexpr std::uint64_t kSequence = 1;  // one writer, one sequence

std::uint64_t nanoseconds(Time t) {
  return static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::nanoseconds>(t.time_since_epoch()).count());
}

class PerfettoWriter {
 public:
  PerfettoWriter(const TraceLog& log, std::ostream& out)
      : log_(log), timeline_(timeline(log)), out_(out) {}

  void run() {
    names();
    for (std::size_t lane = 0; lane < timeline_.lanes.size(); ++lane) descriptor(lane);
    for (const TraceLog::Sample& sample : log_.samples()) counter_descriptor(sample);
    for (const Timeline::Mark& mark : timeline_.marks) event(mark);
  }

 private:
  /// All names at once, in the first packet; events then refer to them by number. Numbers count
  /// from one there, and so do ours, because name 0 is the empty one.
  void names() {
    ProtobufMessage interned;
    for (std::size_t i = 1; i < log_.names().size(); ++i) {
      ProtobufMessage entry;
      entry.integer(event_name::kId, i).text(event_name::kName, log_.names()[i]);
      interned.message(interned_data::kEventNames, entry);
    }
    ProtobufMessage first;
    first.integer(packet::kSequenceFlags, kIncrementalStateCleared)
        .message(packet::kInternedData, interned);
    write(first);
  }

  void descriptor(std::size_t lane) {
    const auto [track, number] = timeline_.lanes[lane];
    const auto [name, parent] = log_.tracks()[track.id - 1];
    const std::string suffix = number == 0 ? "" : " (" + std::to_string(number + 1) + ")";
    describe(uuid(lane), log_.name(name) + suffix, parent);
  }

  void counter_descriptor(const TraceLog::Sample& sample) {
    const auto next = timeline_.lanes.size() + counters_.size();
    if (!counters_.try_emplace({sample.track, sample.name}, uuid(next)).second) return;
    describe(uuid(next), log_.name(sample.name), sample.track, true);
  }

  void describe(std::uint64_t id, const std::string& name, Track parent, bool counter = false) {
    ProtobufMessage d;
    d.integer(track_descriptor::kUuid, id).text(track_descriptor::kName, name);
    if (parent.id != 0) d.integer(track_descriptor::kParentUuid, uuid(parent.id - 1));
    if (counter) d.message(track_descriptor::kCounter, {});
    d.integer(track_descriptor::kChildOrdering, kExplicitOrder);
    d.integer(track_descriptor::kSiblingOrderRank, id);
    ProtobufMessage p;
    write(p.message(packet::kTrackDescriptor, d));
  }

  void event(const Timeline::Mark& mark) {
    ProtobufMessage e;
    switch (mark.kind) {
      case Timeline::Kind::kBegin: {
        const auto& span = log_.spans()[mark.index];
        begin(e, kSliceBegin, uuid(mark.lane), span.name);
        cause(e, span.request, span.cause);
        break;
      }
      case Timeline::Kind::kEnd:
        e.integer(track_event::kType, kSliceEnd);
        e.integer(track_event::kTrackUuid, uuid(mark.lane));
        break;
      case Timeline::Kind::kInstant: {
        const auto& instant = log_.instants()[mark.index];
        begin(e, kInstant, uuid(mark.lane), instant.name);
        cause(e, instant.request, instant.cause);
        break;
      }
      case Timeline::Kind::kSample: {
        const auto& sample = log_.samples()[mark.index];
        e.integer(track_event::kType, kCounter);
        e.integer(track_event::kTrackUuid, counters_.at({sample.track, sample.name}));
        e.number(track_event::kDoubleCounterValue, sample.value);
        break;
      }
      case Timeline::Kind::kSent:
        arrow_end(e, mark, track_event::kFlowIds);
        break;
      case Timeline::Kind::kArrived:
        arrow_end(e, mark, track_event::kTerminatingFlowIds);
        break;
    }
    write_at(mark.at, e);
  }

  void begin(ProtobufMessage& e, std::uint64_t type, std::uint64_t track, TraceLog::Name name) {
    e.integer(track_event::kType, type).integer(track_event::kTrackUuid, track);
    if (name != 0) e.integer(track_event::kNameId, name);
  }

  void cause(ProtobufMessage& e, std::int64_t request, TraceLog::Name what) {
    if (request != Cause::kNoRequest) {
      ProtobufMessage a;
      a.text(debug_annotation::kName, "request")
          .integer(debug_annotation::kIntValue, static_cast<std::uint64_t>(request));
      e.message(track_event::kDebugAnnotations, a);
    }
    if (what != 0) {
      ProtobufMessage a;
      a.text(debug_annotation::kName, "cause")
          .text(debug_annotation::kStringValue, log_.name(what));
      e.message(track_event::kDebugAnnotations, a);
    }
  }

  /// Arrows join events, so that either end is an instant of its own.
  void arrow_end(ProtobufMessage& e, const Timeline::Mark& mark, std::uint32_t flow_field) {
    const auto& arrow = log_.arrows()[mark.index];
    begin(e, kInstant, uuid(mark.lane), arrow.name);
    cause(e, arrow.request, 0);
    e.fixed64(flow_field, mark.index + 1);
  }

  void write_at(Time at, const ProtobufMessage& event) {
    ProtobufMessage p;
    p.integer(packet::kTimestamp, nanoseconds(at))
        .message(packet::kTrackEvent, event)
        .integer(packet::kSequenceFlags, kNeedsIncrementalState);
    write(p);
  }

  void write(ProtobufMessage& p) {
    p.integer(packet::kSequenceId, kSequence);
    ProtobufMessage framed;
    out_ << framed.message(trace::kPacket, p).bytes();
  }

  /// Zero is Perfetto's own.
  static std::uint64_t uuid(std::size_t lane) { return lane + 1; }

  const TraceLog& log_;
  const Timeline timeline_;
  std::ostream& out_;
  std::map<std::pair<Track, TraceLog::Name>, std::uint64_t> counters_;
};

}  // namespace

void write_perfetto(const TraceLog& log, std::ostream& out) {
  PerfettoWriter(log, out).run();
}

}  // namespace sim
