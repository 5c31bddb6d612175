// SPDX-License-Identifier: Apache-2.0
#include "workloads/page_capture_text.h"

#include <bit>
#include <charconv>
#include <stdexcept>

#include "sim/check.h"

namespace workloads {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::int64_t kMostVisits = 1'000'000'000;

void append_pages(PageSet pages, std::string& text) {
  for (; pages != 0; pages &= pages - 1)
    text += kDigits[static_cast<std::size_t>(std::countr_zero(pages))];
}

std::string field_of(const BatchAccesses& accesses) {
  std::string field;
  append_pages(accesses.pages, field);
  if (accesses.visits != std::popcount(accesses.pages))
    field += "*" + std::to_string(accesses.visits);
  if (accesses.written != 0) field += "!";
  append_pages(accesses.written, field);
  return field;
}

void ensure(bool sensible, const char* wrong) {
  if (!sensible) throw std::invalid_argument(wrong);
}

/// Cuts off what stands before `mark`, and the mark.
std::string_view cut(std::string_view& text, char mark) {
  const std::size_t end = text.find(mark);
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return front;
}

PageSet pages_of(std::string_view digits) {
  PageSet pages = 0;
  for (const char digit : digits) {
    const std::size_t page = kDigits.find(digit);
    ensure(page != std::string_view::npos, "has a page that is no digit of base 64");
    ensure(pages >> page == 0, "has pages that do not rise");
    pages |= PageSet{1} << page;
  }
  return pages;
}

std::int64_t visits_of(std::string_view number) {
  std::int64_t visits = 0;
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, visits);
  ensure(error == std::errc{} && stop == end && visits <= kMostVisits,
         "has visits that are no number up to 1,000,000,000");
  return visits;
}

BatchAccesses accesses_of(int batch, std::string_view field) {
  const bool writes = field.find('!') != std::string_view::npos;
  std::string_view rest = field;
  std::string_view accessed = cut(rest, '!');
  const bool counted = accessed.find('*') != std::string_view::npos;
  BatchAccesses accesses{.batch = batch, .pages = pages_of(cut(accessed, '*'))};
  const std::int64_t once = std::popcount(accesses.pages);
  accesses.visits = counted ? visits_of(accessed) : once;
  accesses.written = pages_of(rest);
  ensure(accesses.pages != 0, "has no pages");
  ensure(!counted || accesses.visits > once, "has too few visits for its pages");
  ensure(!writes || accesses.written != 0, "has no pages that were written");
  ensure((accesses.written & ~accesses.pages) == 0, "has written pages that were not accessed");
  return accesses;
}

}  // namespace

std::string text_of(const IntervalAccesses& interval, int batches) {
  std::string text;
  int batch = 0;
  for (const BatchAccesses& accesses : interval) {
    SIM_CHECK(batch <= accesses.batch && accesses.batch < batches);
    text.append(static_cast<std::size_t>(accesses.batch - batch), ' ');
    text += field_of(accesses);
    batch = accesses.batch;
  }
  return text.append(static_cast<std::size_t>(batches - 1 - batch), ' ');
}

IntervalAccesses interval_of(std::string_view text, int batches) {
  IntervalAccesses interval;
  int batch = 0;
  for (bool more = true; more; ++batch) {
    more = text.find(' ') != std::string_view::npos;
    const std::string_view field = cut(text, ' ');
    if (!field.empty()) try {
        interval.push_back(accesses_of(batch, field));
      } catch (const std::invalid_argument& error) {
        throw std::invalid_argument("batch " + std::to_string(batch) + " " + error.what());
      }
  }
  if (batch != batches)
    throw std::invalid_argument("has " + std::to_string(batch) + " batches and not " +
                                std::to_string(batches));
  return interval;
}

}  // namespace workloads
