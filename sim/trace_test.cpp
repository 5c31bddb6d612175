// SPDX-License-Identifier: Apache-2.0
#include "sim/trace.h"

#include <algorithm>
#include <bit>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "sim/output_file.h"
#include "sim/protobuf.h"
#include "sim/test_perfetto.h"
#include "sim/trace_timeline.h"
#include "sim/trace_writers.h"

namespace sim {
namespace {

// ---- The log ----

TEST(Trace, WithoutALogTakesEverythingAndKeepsNothing) {
  const Trace trace;
  EXPECT_FALSE(trace);
  const Track core = trace.track("core", trace.track("host"));
  EXPECT_EQ(core, Track{});
  trace.span(core, "run", Time{1ns}, Time{2ns});
  trace.instant(core, "tick", Time{1ns});
  trace.counter(core, "depth", Time{1ns}, 3);
  trace.flow(core, Time{1ns}, core, Time{2ns}, "message");
  static_assert(sizeof(Trace) == sizeof(void*));
}

TEST(Trace, TheSameNameBelowTheSameParentIsTheSameTrack) {
  TraceLog log;
  const Trace trace{log};
  const Track host = trace.track("host");
  const Track nic = trace.track("nic");
  EXPECT_EQ(trace.track("core 0", host), trace.track("core 0", host));
  EXPECT_NE(trace.track("core 0", host), trace.track("core 0", nic));
  EXPECT_EQ(log.tracks().size(), 4u);
}

TEST(Trace, KeepsEntityNameCauseAndRequest) {
  TraceLog log;
  const Trace trace{log};
  const Track core = trace.track("core 0");
  trace.span(core, "switch", Time{3ns}, Time{5ns}, {.request = 7, .what = "msi-x"});
  ASSERT_EQ(log.spans().size(), 1u);
  const auto& span = log.spans()[0];
  EXPECT_EQ(span.track, core);
  EXPECT_EQ(log.name(span.name), "switch");
  EXPECT_EQ(log.name(span.cause), "msi-x");
  EXPECT_EQ(span.request, 7);
  EXPECT_EQ(span.begin, Time{3ns});
  EXPECT_EQ(span.end, Time{5ns});
}

TEST(Trace, CountsWhatItHasNoRoomFor) {
  TraceLog log(2);
  const Trace trace{log};
  const Track core = trace.track("core 0");
  trace.instant(core, "a", Time{});
  trace.counter(core, "b", Time{}, 1);
  EXPECT_EQ(log.dropped(), 0u);
  trace.span(core, "c", Time{}, Time{});
  trace.flow(core, Time{}, core, Time{}, "d");
  EXPECT_EQ(log.dropped(), 2u);
  EXPECT_TRUE(log.spans().empty() && log.arrows().empty());
}

TEST(Trace, RefusesASpanThatEndsBeforeItBegins) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  TraceLog log;
  const Trace trace{log};
  const Track core = trace.track("core 0");
  EXPECT_DEATH(trace.span(core, "x", Time{2ns}, Time{1ns}), "begin <= end");
  EXPECT_DEATH(trace.instant(Track{}, "x", Time{}), "track.id");
}

// ---- The timeline ----

/// A reader with a stack for each lane, as viewers have: "+outer" and "-outer" in order.
std::vector<std::string> replay(const TraceLog& log) {
  const Timeline t = timeline(log);
  std::map<std::size_t, std::vector<std::size_t>> open;
  std::vector<std::string> story;
  Time last{};
  for (const auto& mark : t.marks) {
    EXPECT_LE(last, mark.at);
    last = mark.at;
    auto& stack = open[mark.lane];
    if (mark.kind == Timeline::Kind::kBegin) {
      stack.push_back(mark.index);
      story.push_back("+" + log.name(log.spans()[mark.index].name));
    } else if (mark.kind == Timeline::Kind::kEnd) {
      if (stack.empty()) {
        ADD_FAILURE() << "an end without a beginning";
        break;
      }
      EXPECT_EQ(stack.back(), mark.index) << "an end closes the innermost span of its lane";
      stack.pop_back();
      story.push_back("-" + log.name(log.spans()[mark.index].name));
    }
  }
  for (const auto& [lane, stack] : open) EXPECT_TRUE(stack.empty());
  return story;
}

using Story = std::vector<std::string>;

TEST(TraceTimeline, AnInnerSpanToldFirstStillNests) {
  TraceLog log;
  const Trace trace{log};
  const Track core = trace.track("core 0");
  trace.span(core, "inner", Time{0ns}, Time{3ns});
  trace.span(core, "outer", Time{0ns}, Time{5ns});
  EXPECT_EQ(replay(log), (Story{"+outer", "+inner", "-inner", "-outer"}));
  EXPECT_EQ(timeline(log).lanes.size(), 1u);
}

TEST(TraceTimeline, SpansThatTouchDoNotNest) {
  TraceLog log;
  const Trace trace{log};
  const Track core = trace.track("core 0");
  trace.span(core, "b", Time{2ns}, Time{4ns});
  trace.span(core, "a", Time{1ns}, Time{2ns});
  EXPECT_EQ(replay(log), (Story{"+a", "-a", "+b", "-b"}));
}

TEST(TraceTimeline, ASpanWithoutLengthFitsAtEitherEdgeOfAnother) {
  TraceLog log;
  const Trace trace{log};
  const Track core = trace.track("core 0");
  trace.span(core, "z", Time{2ns}, Time{2ns});
  trace.span(core, "a", Time{1ns}, Time{2ns});
  trace.span(core, "b", Time{2ns}, Time{4ns});
  EXPECT_EQ(replay(log), (Story{"+a", "-a", "+b", "+z", "-z", "-b"}));
  EXPECT_EQ(timeline(log).lanes.size(), 1u);
}

TEST(TraceTimeline, SpansThatOverlapGoToLanesOfTheirOwn) {
  TraceLog log;
  const Trace trace{log};
  const Track link = trace.track("link");
  trace.span(link, "a", Time{0ns}, Time{5ns});
  trace.span(link, "b", Time{3ns}, Time{8ns});
  trace.span(link, "c", Time{6ns}, Time{9ns});
  const Timeline t = timeline(log);
  EXPECT_EQ(replay(log), (Story{"+a", "+b", "-a", "+c", "-b", "-c"}));
  ASSERT_EQ(t.lanes.size(), 2u);
  EXPECT_EQ(t.lanes[1].track, link);
  EXPECT_EQ(t.lanes[1].number, 1u);
}

// Enough marks at one instant that a sort which is not stable would mix them up.
TEST(TraceTimeline, ManySpansAtOneInstantKeepTheirOrder) {
  TraceLog log;
  const Trace trace{log};
  const Track core = trace.track("core 0");
  Story expected;
  for (int i = 0; i < 100; ++i) {
    const std::string name = std::to_string(i);
    trace.span(core, name, Time{7ns}, Time{7ns});
    expected.push_back("+" + name);
    expected.push_back("-" + name);
  }
  EXPECT_EQ(replay(log), expected);
}

// ---- Perfetto, read back ----

using test::decode;
using test::inside;
using test::kFixed64;
using test::Message;
using test::only;
using test::Perfetto;

TEST(Protobuf, EncodesWhatItsSpecificationShows) {
  ProtobufMessage m;
  m.integer(1, 150);
  EXPECT_EQ(m.bytes(), "\x08\x96\x01");
  ProtobufMessage n;
  n.text(2, "testing").message(3, m);
  EXPECT_EQ(n.bytes(), "\x12\x07testing\x1a\x03\x08\x96\x01");
  ProtobufMessage wide;
  wide.integer(16, ~std::uint64_t{0}).fixed64(1, 0x0102030405060708);
  EXPECT_EQ(wide.bytes(), std::string("\x80\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                                      "\x09\x08\x07\x06\x05\x04\x03\x02\x01"));
}

TEST(Protobuf, ReadsBackEveryLengthOfInteger) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    const std::uint64_t value = std::uint64_t{1} << bit;
    ProtobufMessage m;
    m.integer(536'870'911, value).integer(1, value - 1).number(2, -0.5);
    const Message read = decode(m.bytes());
    EXPECT_EQ(only(read, 536'870'911).integer, value);
    EXPECT_EQ(only(read, 1).integer, value - 1);
    EXPECT_EQ(std::bit_cast<double>(only(read, 2).integer), -0.5);
  }
}

/// Two machines and one request from one to the other.
TraceLog example() {
  TraceLog log;
  const Trace trace{log};
  const Track host = trace.track("host");
  const Track core = trace.track("core 0", host);
  const Track agent = trace.track("agent", trace.track("nic"));
  trace.span(core, "send", Time{1'500_ps}, Time{2'999_ps}, {.request = 7, .what = "arrival"});
  trace.flow(core, Time{2ns}, agent, Time{400ns}, "message", 7);
  trace.span(agent, "decide", Time{400ns}, Time{500ns});
  trace.instant(agent, "commit", Time{450ns}, {.request = 8});
  trace.counter(host, "waiting", Time{1us}, 2.5);
  trace.counter(host, "waiting", Time{2us}, 0);
  return log;
}

Perfetto read_perfetto(const TraceLog& log) {
  std::ostringstream out;
  write_perfetto(log, out);
  return test::parse_perfetto(out.str());
}

TEST(TracePerfetto, TracksAreNamedNestedAndRanked) {
  const Perfetto read = read_perfetto(example());
  std::map<std::string, std::string> parents;
  for (const auto& [uuid, track] : read.tracks) {
    EXPECT_NE(uuid, 0u);
    EXPECT_EQ(only(track, 12).integer, uuid);
    const bool nested = track.contains(5);
    parents[only(track, 2).bytes] =
        nested ? only(read.tracks.at(only(track, 5).integer), 2).bytes : "";
    EXPECT_EQ(track.contains(8), only(track, 2).bytes == "waiting") << "only that is a counter";
  }
  EXPECT_EQ(
      parents,
      (std::map<std::string, std::string>{
          {"host", ""}, {"core 0", "host"}, {"nic", ""}, {"agent", "nic"}, {"waiting", "host"}}));
}

TEST(TracePerfetto, EventsComeBackInOrderWithWhatTheyCarry) {
  Perfetto read = read_perfetto(example());
  std::ostringstream story;
  for (const auto& [ns, event] : read.events) {
    story << ns << " " << only(event, 9).integer << " " << read.track(event);
    if (event.contains(10)) story << " " << read.name(event);
    for (auto [i, end] = event.equal_range(4); i != end; ++i) {
      const Message annotation = decode(i->second.bytes);
      story << " " << only(annotation, 10).bytes << "=";
      if (annotation.contains(4)) story << only(annotation, 4).integer;
      if (annotation.contains(6)) story << only(annotation, 6).bytes;
    }
    if (event.contains(44)) story << " " << std::bit_cast<double>(only(event, 44).integer);
    if (event.contains(47)) story << " flow " << only(event, 47).integer;
    if (event.contains(48)) story << " end of flow " << only(event, 48).integer;
    story << "\n";
  }
  EXPECT_EQ(story.str(),
            "1 1 core 0 send request=7 cause=arrival\n"
            "2 3 core 0 message request=7 flow 1\n"
            "2 2 core 0\n"
            "400 1 agent decide\n"
            "400 3 agent message request=7 end of flow 1\n"
            "450 3 agent commit request=8\n"
            "500 2 agent\n"
            "1000 4 waiting 2.5\n"
            "2000 4 waiting 0\n");
}

// Readers skip a field of another wire type than its declaration's without a word.
TEST(TracePerfetto, FlowsAndCountersAreFixed64) {
  int found = 0;
  for (const auto& [ns, event] : read_perfetto(example()).events) {
    for (const std::uint32_t field : {44u, 47u, 48u}) {
      if (!event.contains(field)) continue;
      EXPECT_EQ(only(event, field).wire, kFixed64) << field;
      ++found;
    }
  }
  EXPECT_EQ(found, 4);
}

TEST(TracePerfetto, AnEmptyLogIsAValidTrace) {
  const Perfetto read = read_perfetto(TraceLog{});
  EXPECT_TRUE(read.events.empty());
  EXPECT_TRUE(read.tracks.empty());
}

// ---- Chrome, read back by a JSON parser ----

std::vector<nlohmann::json> read_chrome(const TraceLog& log, const std::string& phase) {
  std::ostringstream out;
  write_chrome(log, out);
  const auto json = nlohmann::json::parse(out.str());
  std::vector<nlohmann::json> events;
  for (const auto& event : json.at("traceEvents")) {
    if (event.at("ph") == phase) events.push_back(event);
  }
  return events;
}

TEST(TraceChrome, GivesTimesToThePicosecond) {
  std::ostringstream out;
  write_chrome(example(), out);
  EXPECT_NE(out.str().find("{\"ph\":\"X\",\"name\":\"send\",\"pid\":1,\"tid\":2,\"ts\":0.001500,"
                           "\"dur\":0.001499,\"args\":{\"request\":7,\"cause\":\"arrival\"}}"),
            std::string::npos)
      << out.str();
}

TEST(TraceChrome, WritesEachKindOfEvent) {
  const TraceLog log = example();
  EXPECT_EQ(read_chrome(log, "X").size(), 2u + 2u) << "two spans and the ends of the arrow";
  EXPECT_EQ(read_chrome(log, "i").at(0).at("name"), "commit");
  EXPECT_EQ(read_chrome(log, "C").at(0).at("name"), "host: waiting");
  EXPECT_EQ(read_chrome(log, "C").at(0).at("args").at("value"), 2.5);
  EXPECT_EQ(read_chrome(log, "s").at(0).at("id"), read_chrome(log, "f").at(0).at("id"));
  EXPECT_EQ(read_chrome(log, "f").at(0).at("ts"), 0.4);
}

TEST(TraceChrome, ShowsDeepTracksBelowTheirMachine) {
  TraceLog log;
  const Trace trace{log};
  const Track core = trace.track("core 3", trace.track("host"));
  trace.instant(trace.track("queue", core), "push", Time{});
  std::vector<std::string> names;
  for (const auto& event : read_chrome(log, "M")) {
    EXPECT_EQ(event.at("pid"), 1);
    if (event.at("args").contains("name")) names.push_back(event.at("args").at("name"));
  }
  EXPECT_EQ(names, (Story{"host", "host", "core 3", "core 3 / queue"}));
}

TEST(TraceChrome, QuotesNamesHoweverOdd) {
  TraceLog log;
  const Trace trace{log};
  const std::string odd = "a\"b\\c\n\x01\t/ü";
  trace.instant(trace.track("t"), odd, Time{}, {.what = odd});
  trace.counter(trace.track("t"), "n", Time{}, std::numeric_limits<double>::infinity());
  EXPECT_EQ(read_chrome(log, "i").at(0).at("name"), odd);
  EXPECT_EQ(read_chrome(log, "i").at(0).at("args").at("cause"), odd);
  EXPECT_TRUE(read_chrome(log, "C").at(0).at("args").at("value").is_null());
}

// ---- Files ----

class OutputFile : public testing::Test {
 protected:
  OutputFile() { std::filesystem::create_directories(folder_); }
  ~OutputFile() override { std::filesystem::remove_all(folder_); }

  std::string path(const char* name) const { return folder_ / name; }
  static std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t files() const {
    const std::filesystem::directory_iterator all(folder_);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

 private:
  // Tests run side by side, in processes of their own.
  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) /
                                  (std::string("wavesim_output_") +
                                   testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(OutputFile, IsThereWholeAndAlone) {
  write_file(path("x"), [](std::ostream& out) { out << "first"; });
  write_file(path("x"), [](std::ostream& out) { out << "second"; });
  EXPECT_EQ(content(path("x")), "second");
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFile, StaysAsItWasWhenWritingFails) {
  write_file(path("x"), [](std::ostream& out) { out << "good"; });
  EXPECT_THROW(write_file(path("x"),
                          [](std::ostream& out) {
                            out << "half";
                            throw std::logic_error("in the middle");
                          }),
               std::logic_error);
  EXPECT_EQ(content(path("x")), "good");
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFile, RefusesWhatItCannotWriteAndNamesThePath) {
  const auto message = [](const std::string& where) -> std::string {
    try {
      save_trace(TraceLog{}, where);
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "no exception";
  };
  const std::string nowhere = path("no/such/folder/trace.json");
  EXPECT_EQ(message(nowhere), "cannot write " + nowhere + ": No such file or directory");
  std::filesystem::create_directory(path("folder"));
  EXPECT_EQ(message(path("folder")), "cannot write " + path("folder") + ": Is a directory");
  EXPECT_EQ(files(), 1u) << "no partial file stays behind";
}

TEST_F(OutputFile, GoesIntoAPipeAndDoesNotReplaceIt) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  const int reader = ::open(path("pipe").c_str(), O_RDWR);
  save_trace(TraceLog{}, path("pipe"));
  EXPECT_TRUE(std::filesystem::is_fifo(path("pipe")));
  char first = 0;
  EXPECT_EQ(::read(reader, &first, 1), 1);
  ::close(reader);
  EXPECT_EQ(files(), 1u);
}

// As a full disk would: writing what is larger than allowed fails.
TEST_F(OutputFile, NoticesThatThereIsNoRoom) {
  const auto former = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit small{.rlim_cur = 4, .rlim_max = limit.rlim_max};
  std::string message = "no exception";
  setrlimit(RLIMIT_FSIZE, &small);
  try {
    write_file(path("x"), [](std::ostream& out) { out << "does not fit"; });
  } catch (const std::runtime_error& e) {
    message = e.what();
  }
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, former);
  EXPECT_EQ(message, "cannot write " + path("x") + ": File too large");
  EXPECT_EQ(files(), 0u);
}

TEST_F(OutputFile, LeavesThePartialFilesOfOthers) {
  std::ofstream(path("x.partial")) << "theirs";
  write_file(path("x"), [&](std::ostream& out) {
    out << "ours";
    EXPECT_TRUE(std::filesystem::exists(path("x.partial-2")));
  });
  EXPECT_EQ(content(path("x")), "ours");
  EXPECT_EQ(content(path("x.partial")), "theirs");
  EXPECT_EQ(files(), 2u);
}

TEST_F(OutputFile, WrittenByTwoAtOnceIsWholeEachTime) {
  write_file(path("x"), [&](std::ostream& out) {
    out << "first";
    write_file(path("x"), [](std::ostream& other) { other << "second"; });
    EXPECT_EQ(content(path("x")), "second");
  });
  EXPECT_EQ(content(path("x")), "first");
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFile, ATraceIsWrittenInTheFormatOfItsName) {
  save_trace(example(), path("t.json"));
  save_trace(example(), path("t.perfetto-trace"));
  EXPECT_EQ(content(path("t.json")).substr(0, 1), "{");
  EXPECT_EQ(content(path("t.perfetto-trace")).substr(0, 1), "\x0a");  // field 1, with a length
}

}  // namespace
}  // namespace sim
