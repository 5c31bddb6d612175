// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/units.h"

namespace sim {

/// A unit that a quantity may be written in, as a multiple of what the quantity counts.
struct Unit {
  const char* name;
  std::int64_t size;
};

/// How one kind of quantity is written.
struct Scale {
  const char* noun;             // "time"
  const char* example;          // "130 ns"
  std::span<const Unit> units;  // largest first; the last is the one that is counted
  int decimals;                 // how many may be written after the point
};

/// Binds a type to its scale: what it counts, and back.
template <class T>
struct Quantity;

template <>
struct Quantity<Duration> {
  static const Scale& scale();
  static constexpr std::int64_t count(Duration d) { return d.count(); }
  static constexpr Duration of(std::int64_t ps) { return Duration{ps}; }
};

template <>
struct Quantity<Time> {
  static const Scale& scale() { return Quantity<Duration>::scale(); }
  static constexpr std::int64_t count(Time t) { return t.time_since_epoch().count(); }
  static constexpr Time of(std::int64_t ps) { return Time{Duration{ps}}; }
};

template <>
struct Quantity<Bytes> {
  static const Scale& scale();
  static constexpr std::int64_t count(Bytes b) { return b.count; }
  static constexpr Bytes of(std::int64_t n) { return {n}; }
};

template <>
struct Quantity<Bandwidth> {
  static const Scale& scale();
  static constexpr std::int64_t count(Bandwidth b) { return b.bits_per_second(); }
  static constexpr Bandwidth of(std::int64_t b) { return Bandwidth::bits_per_second(b); }
};

template <>
struct Quantity<Cycles> {
  static const Scale& scale();
  static constexpr std::int64_t count(Cycles c) { return c.count; }
  static constexpr Cycles of(std::int64_t n) { return {n}; }
};

template <>
struct Quantity<Frequency> {
  static const Scale& scale();
  static constexpr std::int64_t count(Frequency f) { return f.hertz(); }
  static constexpr Frequency of(std::int64_t hz) { return Frequency::hertz(hz); }
};

template <>
struct Quantity<Rate> {
  static const Scale& scale();
  static constexpr double count(Rate r) { return r.per_second; }
  static constexpr Rate of(double per_second) { return {per_second}; }
};

template <class T>
concept HasUnit = requires {
  Quantity<T>::scale();
};

/// Exact: decimal text to a whole count without floating point. What the count cannot hold, a
/// negative quantity and an unknown unit throw a ConfigError without a path.
void parse_count(std::string_view text, const Scale& scale, std::int64_t& count);
/// The nearest double.
void parse_count(std::string_view text, const Scale& scale, double& count);

/// In the largest unit that needs no more decimals than the scale allows.
std::string count_text(std::int64_t count, const Scale& scale);
/// The shortest text that reads back as the same double.
std::string count_text(double count, const Scale& scale);

/// `parse<Duration>("130 ns")`.
template <HasUnit T>
T parse(std::string_view text) {
  decltype(Quantity<T>::count(T{})) count{};
  parse_count(text, Quantity<T>::scale(), count);
  return Quantity<T>::of(count);
}

/// `to_text(130ns)` is "130 ns".
template <HasUnit T>
std::string to_text(const T& value) {
  return count_text(Quantity<T>::count(value), Quantity<T>::scale());
}

}  // namespace sim
