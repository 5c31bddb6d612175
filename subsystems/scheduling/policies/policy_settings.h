// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "subsystems/wave/agent/runtime.h"

namespace scheduling {

/// What an experiment says about a policy (`system.policy.parameters`). The policy asks for each by
/// name, with what it takes if the experiment says nothing. What is no such value throws
/// std::invalid_argument; so does `check_all_asked_for`, if the experiment names something that
/// nobody asked for.
class Settings {
 public:
  Settings() = default;
  explicit Settings(std::map<std::string, std::string> values) : values_(std::move(values)) {}
  /// For tests: Settings{{"slice", "30 us"}}.
  Settings(std::initializer_list<std::pair<const std::string, std::string>> values)
      : values_(values) {}

  std::string text(const std::string& name, std::string otherwise) const {
    const std::string* const value = find(name);
    return value ? *value : std::move(otherwise);
  }

  std::int64_t whole(const std::string& name, std::int64_t otherwise) const {
    return read(name, otherwise, parse<std::int64_t>, "a whole number, as in 16");
  }

  double number(const std::string& name, double otherwise) const {
    return read(name, otherwise, parse<double>, "a number, as in 0.5");
  }

  bool flag(const std::string& name, bool otherwise) const {
    return read(name, otherwise, parse_flag, "true or false");
  }

  /// Written with its unit: "30 us".
  wave::Instant time(const std::string& name, wave::Instant otherwise) const {
    return read(name, otherwise, parse_time, "a time with its unit, as in \"30 us\"");
  }

  /// Separated by commas: "100 us, 100 ms".
  std::vector<wave::Instant> times(const std::string& name,
                                   std::vector<wave::Instant> otherwise) const {
    return read(name, std::move(otherwise), parse_times, "times, as in \"100 us, 100 ms\"");
  }

  void check_all_asked_for() const {
    for (const auto& [name, value] : values_)
      if (!asked_for_.contains(name))
        throw std::invalid_argument("no such parameter: \"" + name + "\"; it knows " + names());
  }

 private:
  const std::string* find(const std::string& name) const {
    asked_for_.insert(name);
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
  }

  template <class T, class Parse>
  T read(const std::string& name, T otherwise, Parse convert, const char* form) const {
    const std::string* const value = find(name);
    if (!value) return otherwise;
    if (std::optional<T> found = convert(*value)) return *std::move(found);
    throw std::invalid_argument(name + ": \"" + *value + "\" is not " + form);
  }

  template <class T>
  static std::optional<T> parse(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
  }

  static std::optional<bool> parse_flag(std::string_view text) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
  }

  static std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
  }

  static std::optional<wave::Instant> parse_time(std::string_view text) {
    struct Unit {
      std::string_view name;
      double picoseconds;
    };
    constexpr double kMost = 9e18;
    text = trimmed(text);
    // "s" last: the others end with it too.
    for (const auto& [name, picoseconds] :
         {Unit{"ps", 1}, Unit{"ns", 1e3}, Unit{"us", 1e6}, Unit{"ms", 1e9}, Unit{"s", 1e12}}) {
      if (!text.ends_with(name)) continue;
      const auto count = parse<double>(trimmed(text.substr(0, text.size() - name.size())));
      if (!count || !(0 <= *count && *count * picoseconds < kMost)) return std::nullopt;
      return wave::Instant{static_cast<std::int64_t>(*count * picoseconds + 0.5)};
    }
    return std::nullopt;
  }

  static std::optional<std::vector<wave::Instant>> parse_times(std::string_view text) {
    std::vector<wave::Instant> times;
    while (true) {
      const std::size_t comma = text.find(',');
      const auto time = parse_time(text.substr(0, comma));
      if (!time) return std::nullopt;
      times.push_back(*time);
      if (comma == std::string_view::npos) return times;
      text.remove_prefix(comma + 1);
    }
  }

  std::string names() const {
    if (asked_for_.empty()) return "none";
    std::string all;
    for (const std::string& name : asked_for_) all += (all.empty() ? "" : ", ") + name;
    return all;
  }

  std::map<std::string, std::string> values_;
  mutable std::set<std::string> asked_for_;
};

}  // namespace scheduling
