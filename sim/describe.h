// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

namespace sim {

/// Where a number comes from. S and P may gate a regression; R and A never do.
enum class Tag : char {
  kStated = 'S',     // by Wave's abstract or talk slides
  kPublished = 'P',  // read in another publication or in public source code
  kDerived = 'D',    // arithmetic on S and P values
  kRecalled = 'R',   // from memory, unverified
  kAssumed = 'A',    // a guess: swept in the sensitivity study
  kChosen = 'C',     // not a fact about the world: the experimenter's choice
};

struct Source {
  Tag tag;
  const char* text;
};

constexpr Source stated(const char* where) {
  return {Tag::kStated, where};
}
constexpr Source published(const char* where) {
  return {Tag::kPublished, where};
}
constexpr Source derived(const char* how) {
  return {Tag::kDerived, how};
}
constexpr Source recalled(const char* from) {
  return {Tag::kRecalled, from};
}
constexpr Source assumed(const char* why) {
  return {Tag::kAssumed, why};
}
constexpr Source chosen(const char* why) {
  return {Tag::kChosen, why};
}

/// The values between which a parameter may lie, ends included. Sweeps vary it over them.
template <class T>
struct Range {
  T low;
  T high;
};

template <class Low, class High>
Range(Low, High) -> Range<std::common_type_t<Low, High>>;

/// A name in files for each value of an enumeration, found beside it:
///
///   constexpr auto enum_names(std::type_identity<Mapping>) {
///     return std::array{EnumName{Mapping::kUncached, "uc"}, EnumName{Mapping::kCombining, "wc"}};
///   }
template <class E>
struct EnumName {
  E value;
  const char* name;
};

template <class E, class Name>
EnumName(E, Name) -> EnumName<E>;

/// A named set of values that a file picks with "preset" and then changes member by member. Found
/// beside the struct as `presets(std::type_identity<LinkParams>)`, which returns an array of these.
template <class T>
struct Preset {
  const char* name;
  T (*make)();
};

/// A struct that lists its own members: `describe` calls `field` once for each, with the member,
/// its name in files, its meaning, and for a parameter its source and its range:
///
///   struct LinkParams {
///     Duration flight = 130ns;
///
///     static void describe(auto&& field) {
///       field(&LinkParams::flight, "flight", "one way, root complex to endpoint",
///             assumed("PHY and data link latencies, from memory"), Range{90ns, 180ns});
///     }
///   };
///
/// A member that is itself described needs neither source nor range. Rules that a range cannot
/// express stand beside the struct in `check(const LinkParams&)`, declared in the same header. It
/// throws a ConfigError that names the member, and is called whenever the struct has been read.
///
/// Statistics are listed the same
/// way, with name and meaning only. A statistic that is reported as something else, as a histogram
/// is by its percentiles, has beside it a function `described(const Histogram&)` that returns a
/// described struct.
template <class T>
concept Described = requires {
  T::describe([](auto...) {});
};

}  // namespace sim
