// SPDX-License-Identifier: Apache-2.0
#include "sim/wording.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sim {
namespace {

constexpr std::size_t kLongestQuote = 60;

char harmless(char c) {
  return c >= ' ' && c <= '~' ? c : '?';
}

/// How many letters must be inserted, removed or replaced to turn one into the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string repeated(std::string_view text) {
  std::string out(text.substr(0, kLongestQuote));
  std::ranges::transform(out, out.begin(), harmless);
  return text.size() > kLongestQuote ? out + "..." : out;
}

std::string in_quotes(std::string_view text) {
  return '"' + repeated(text) + '"';
}

std::string one_of(const std::vector<std::string>& names) {
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) list += i + 1 == names.size() ? " or " : ", ";
    list += names[i];
  }
  return list;
}

std::string suggestion(std::string_view wrong, const std::vector<std::string>& names) {
  if (names.empty()) return "there are none here";
  wrong = wrong.substr(0, kLongestQuote);
  const auto nearest = std::ranges::min_element(
      names, {}, [&](const std::string& name) { return edit_distance(wrong, name); });
  // Half of the letters wrong may still be a slip; more than that is another word.
  const bool is_slip = nearest->size() > 2 && 2 * edit_distance(wrong, *nearest) <= nearest->size();
  if (is_slip) return "did you mean " + *nearest + "?";
  return "try " + one_of(names);
}

}  // namespace sim
