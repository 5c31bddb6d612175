// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace sim {

using namespace std::chrono_literals;

/// A span of simulated time, in whole picoseconds. Sixty-three bits reach 106 days.
using Duration = std::chrono::duration<std::int64_t, std::pico>;

struct SimulatedClock {};

/// An instant since the run began. Adding two instants does not compile.
using Time = std::chrono::time_point<SimulatedClock, Duration>;

constexpr Duration operator""_ps(unsigned long long ps) {
  return Duration{static_cast<std::int64_t>(ps)};
}

/// For reports only; the agenda never sees a floating-point time.
constexpr double to_ns(Duration d) {
  return static_cast<double>(d.count()) / 1e3;
}
constexpr double to_us(Duration d) {
  return static_cast<double>(d.count()) / 1e6;
}
constexpr double to_seconds(Duration d) {
  return static_cast<double>(d.count()) / 1e12;
}

/// The nearest whole picosecond to `seconds`: for draws from distributions, rounded at once.
constexpr Duration from_seconds(double seconds) {
  return Duration{static_cast<std::int64_t>(seconds * 1e12 + (seconds < 0 ? -0.5 : 0.5))};
}

/// A size or an offset difference in memory or on a wire.
struct Bytes {
  std::int64_t count = 0;

  constexpr auto operator<=>(const Bytes&) const = default;
  constexpr Bytes& operator+=(Bytes other) { return count += other.count, *this; }
  constexpr Bytes& operator-=(Bytes other) { return count -= other.count, *this; }
  friend constexpr Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
  friend constexpr Bytes operator-(Bytes a, Bytes b) { return {a.count - b.count}; }
  friend constexpr Bytes operator*(std::int64_t n, Bytes b) { return {n * b.count}; }
  /// How many `unit`s it takes to hold `size`, rounded up.
  friend constexpr std::int64_t divide_up(Bytes size, Bytes unit) {
    return (size.count + unit.count - 1) / unit.count;
  }
};

constexpr Bytes operator""_B(unsigned long long n) {
  return {static_cast<std::int64_t>(n)};
}
constexpr Bytes operator""_KiB(unsigned long long n) {
  return {static_cast<std::int64_t>(n) << 10};
}
constexpr Bytes operator""_MiB(unsigned long long n) {
  return {static_cast<std::int64_t>(n) << 20};
}
constexpr Bytes operator""_GiB(unsigned long long n) {
  return {static_cast<std::int64_t>(n) << 30};
}

namespace detail {
__extension__ using Int128 = __int128;
}

/// What a wire or a memory moves in a second.
class Bandwidth {
 public:
  constexpr Bandwidth() = default;
  static constexpr Bandwidth bits_per_second(std::int64_t b) { return Bandwidth{b}; }
  static constexpr Bandwidth gigabits_per_second(double gb) {
    return Bandwidth{static_cast<std::int64_t>(gb * 1e9 + 0.5)};
  }
  static constexpr Bandwidth gigabytes_per_second(double gb) { return gigabits_per_second(8 * gb); }

  constexpr std::int64_t bits_per_second() const { return bits_per_second_; }
  constexpr auto operator<=>(const Bandwidth&) const = default;

  /// How long `size` occupies the wire, rounded up so that a link is never faster than its rating.
  constexpr Duration time_for(Bytes size) const {
    const detail::Int128 bits_ps = detail::Int128{size.count} * 8 * 1'000'000'000'000;
    return Duration{static_cast<std::int64_t>((bits_ps + bits_per_second_ - 1) / bits_per_second_)};
  }

 private:
  constexpr explicit Bandwidth(std::int64_t b) : bits_per_second_(b) {}
  std::int64_t bits_per_second_ = 0;
};

/// A count of clock periods. Becomes time only through the clock that owns it.
struct Cycles {
  std::int64_t count = 0;

  constexpr auto operator<=>(const Cycles&) const = default;
  constexpr Cycles& operator+=(Cycles other) { return count += other.count, *this; }
  friend constexpr Cycles operator+(Cycles a, Cycles b) { return {a.count + b.count}; }
  friend constexpr Cycles operator-(Cycles a, Cycles b) { return {a.count - b.count}; }
  friend constexpr Cycles operator*(std::int64_t n, Cycles c) { return {n * c.count}; }
};

constexpr Cycles operator""_cycles(unsigned long long n) {
  return {static_cast<std::int64_t>(n)};
}

/// A clock rate.
class Frequency {
 public:
  constexpr Frequency() = default;
  static constexpr Frequency hertz(std::int64_t hz) { return Frequency{hz}; }
  static constexpr Frequency megahertz(double mhz) {
    return Frequency{static_cast<std::int64_t>(mhz * 1e6 + 0.5)};
  }
  static constexpr Frequency gigahertz(double ghz) { return megahertz(1e3 * ghz); }

  constexpr std::int64_t hertz() const { return hertz_; }
  constexpr auto operator<=>(const Frequency&) const = default;

  /// The span of `n` clock periods, to the nearest picosecond.
  constexpr Duration time_for(Cycles n) const {
    const detail::Int128 ps = detail::Int128{n.count} * 1'000'000'000'000;
    return Duration{static_cast<std::int64_t>((ps + hertz_ / 2) / hertz_)};
  }

 private:
  constexpr explicit Frequency(std::int64_t hz) : hertz_(hz) {}
  std::int64_t hertz_ = 0;
};

/// Events in a second: offered loads and throughputs. A mean, hence a floating-point number.
struct Rate {
  double per_second = 0;

  constexpr auto operator<=>(const Rate&) const = default;
  /// The mean gap between two events.
  constexpr Duration gap() const { return from_seconds(1.0 / per_second); }
};

}  // namespace sim
