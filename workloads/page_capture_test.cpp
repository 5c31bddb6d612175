// SPDX-License-Identifier: Apache-2.0
#include "workloads/page_capture.h"

#include <bit>
#include <gtest/gtest.h>
#include <sstream>
#include <string>

#include "sim/config_error.h"
#include "workloads/capture_file.h"
#include "workloads/page_capture_text.h"

namespace workloads {
namespace {

constexpr const char* kSmallPages = R"({
  "about": "made up",
  "provenance": {"program": "by hand"},
  "batches": 4,
  "operations": 10,
  "intervals": [
"AB*7!B  d/ ",
" 0+  "
  ]
})";

PageCapture parse_pages(const std::string& text) {
  return read_page_capture(sim::Document::parse(text, "small.json"));
}

std::string page_error_of(const std::string& text) {
  try {
    parse_pages(text);
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(PageCapture, SaysWhichPagesOfWhichBatchWereAccessed) {
  const PageCapture capture = parse_pages(kSmallPages);
  ASSERT_EQ(capture.intervals.size(), 2u);
  const IntervalAccesses first{
      {.batch = 0, .visits = 7, .pages = 0b11, .written = 0b10},
      {.batch = 2, .visits = 2, .pages = PageSet{1} << 63 | PageSet{1} << 29}};
  EXPECT_EQ(capture.intervals[0], first);
  const IntervalAccesses second{
      {.batch = 1, .visits = 2, .pages = PageSet{1} << 52 | PageSet{1} << 62}};
  EXPECT_EQ(capture.intervals[1], second);
}

TEST(PageCapture, WritesWhatItReadsBackTheSame) {
  const PageCapture capture = parse_pages(kSmallPages);
  std::ostringstream first, second;
  write_page_capture(capture, first);
  const PageCapture again = parse_pages(first.str());
  write_page_capture(again, second);
  EXPECT_EQ(first.str(), second.str());
  EXPECT_EQ(again.intervals, capture.intervals);
  EXPECT_EQ(again.operations, 10);
  EXPECT_EQ(again.provenance, capture.provenance);
}

TEST(PageCapture, HoldsEveryPageOfABatch) {
  const IntervalAccesses all{
      {.batch = 1, .visits = 64, .pages = ~PageSet{0}, .written = ~PageSet{0}}};
  EXPECT_EQ(interval_of(text_of(all, 2), 2), all);
}

struct PageMistake {
  const char* old_text;
  const char* new_text;
  const char* where;  // file and line
  const char* part_of_message;
};

class PageCaptureMistakes : public testing::TestWithParam<PageMistake> {};

TEST_P(PageCaptureMistakes, AreRefusedWithTheirPlace) {
  const PageMistake& m = GetParam();
  std::string text = kSmallPages;
  text.replace(text.find(m.old_text), std::string(m.old_text).size(), m.new_text);
  const std::string error = page_error_of(text);
  EXPECT_EQ(error.rfind(m.where, 0), 0u) << error;
  EXPECT_NE(error.find(m.part_of_message), std::string::npos) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
}

INSTANTIATE_TEST_SUITE_P(
    All, PageCaptureMistakes,
    testing::Values(
        PageMistake{"AB*7", "BA*7", "small.json:7:", "batch 0 has pages that do not rise"},
        PageMistake{"AB*7", "AA*7", "small.json:7:", "batch 0 has pages that do not rise"},
        PageMistake{"AB*7", "A-*7", "small.json:7:", "batch 0 has a page that is no digit"},
        PageMistake{"d/", "d=", "small.json:7:", "batch 2 has a page that is no digit"},
        PageMistake{"AB*7", "AB*", "small.json:7:", "batch 0 has visits that are no number"},
        PageMistake{"AB*7", "AB*7x", "small.json:7:", "batch 0 has visits that are no number"},
        PageMistake{"AB*7", "AB*1000000001",
                    "small.json:7:", "batch 0 has visits that are no number"},
        PageMistake{"AB*7", "AB*99999999999999999999",
                    "small.json:7:", "has visits that are no number"},
        PageMistake{"AB*7", "AB*2", "small.json:7:", "batch 0 has too few visits for its pages"},
        PageMistake{"AB*7", "AB*-7", "small.json:7:", "batch 0 has too few visits for its pages"},
        PageMistake{"AB*7!B", "*7", "small.json:7:", "batch 0 has no pages"},
        PageMistake{"AB*7!B", "!", "small.json:7:", "batch 0 has no pages"},
        PageMistake{"!B", "!", "small.json:7:", "batch 0 has no pages that were written"},
        PageMistake{"!B", "!C", "small.json:7:", "written pages that were not accessed"},
        PageMistake{"!B", "!B!A", "small.json:7:", "batch 0 has a page that is no digit"},
        PageMistake{" 0+  ", " 0+ ", "small.json:8:", "has 3 batches and not 4"},
        PageMistake{" 0+  ", " 0+   ", "small.json:8:", "has 5 batches and not 4"},
        PageMistake{"\" 0+  \"", "7", "small.json:8:", "is no text"},
        PageMistake{"\" 0+  \"", "\"   \", 7", "small.json:8:", "is no text"},
        PageMistake{"\"batches\": 4", "\"batches\": 0", "small.json:4:", "out of bounds"},
        PageMistake{"\"batches\": 4", "\"batches\": 1048577", "small.json:4:", "out of bounds"},
        PageMistake{"\"batches\": 4", "\"batches\": \"4\"", "small.json:4:", "batches"},
        PageMistake{"\"operations\": 10", "\"operations\": 0", "small.json:5:", "not positive"},
        PageMistake{"\"operations\": 10,", "", "small.json", "operations"},
        PageMistake{"\"operations\"", "\"operation\"", "small.json:5:", "operation"},
        PageMistake{"\"intervals\"", "\"interval\"", "small.json:6:", "interval"}));

TEST(PageCapture, WithoutAnyAccessesIsRefused) {
  const std::string head = R"({"provenance": {}, "batches": 2, "operations": 1, "intervals": )";
  EXPECT_NE(page_error_of(head + "[]}").find("give one at least"), std::string::npos);
  EXPECT_NE(page_error_of(head + "{}}").find("is not a list"), std::string::npos);
  EXPECT_NE(page_error_of(head + R"([" ", " "]})").find("have no accesses"), std::string::npos);
  EXPECT_EQ(page_error_of(head + R"([" ", "A "]})"), "none");
}

TEST(PageCapture, ThatIsCutOffIsRefused) {
  const std::string cut = std::string(kSmallPages).substr(0, std::string(kSmallPages).find("d/"));
  EXPECT_EQ(page_error_of(cut).rfind("small.json:7:", 0), 0u) << page_error_of(cut);
}

TEST(PageCapture, IsShippedOfARocksdb) {
  const PageCapture capture =
      read_page_capture(sim::Document::load(path_of_capture("rocksdb_pages")));
  EXPECT_GE(capture.intervals.size() * static_cast<std::size_t>(capture.operations), 100'000u);
  std::int64_t pages = 0, written = 0;
  for (const IntervalAccesses& interval : capture.intervals)
    for (const BatchAccesses& batch : interval) {
      pages += std::popcount(batch.pages);
      written += std::popcount(batch.written);
    }
  EXPECT_GT(written, 0);
  EXPECT_LT(written, pages / 10);
  for (const char* name : {"cpu", "kernel", "library", "mix", "watched memory", "drift"})
    EXPECT_FALSE(capture.provenance.at(name).empty()) << name;
}

}  // namespace
}  // namespace workloads
