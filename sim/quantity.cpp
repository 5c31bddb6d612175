// SPDX-License-Identifier: Apache-2.0
#include "sim/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "sim/config_error.h"
#include "sim/wording.h"

namespace sim {
namespace {

using detail::Int128;

constexpr std::int64_t kKilo = 1'000;
constexpr std::int64_t kMega = 1'000'000;
constexpr std::int64_t kGiga = 1'000'000'000;
constexpr std::int64_t kTera = 1'000'000'000'000;

constexpr std::array kTimes{Unit{"s", kTera}, Unit{"ms", kGiga}, Unit{"us", kMega},
                            Unit{"ns", kKilo}, Unit{"ps", 1}};
constexpr std::array kSizes{Unit{"GiB", 1 << 30}, Unit{"GB", kGiga},    Unit{"MiB", 1 << 20},
                            Unit{"MB", kMega},    Unit{"KiB", 1 << 10}, Unit{"kB", kKilo},
                            Unit{"B", 1}};
constexpr std::array kBandwidths{Unit{"GiB/s", std::int64_t{8} << 30},
                                 Unit{"GB/s", 8 * kGiga},
                                 Unit{"Gb/s", kGiga},
                                 Unit{"MiB/s", std::int64_t{8} << 20},
                                 Unit{"MB/s", 8 * kMega},
                                 Unit{"Mb/s", kMega},
                                 Unit{"kB/s", 8 * kKilo},
                                 Unit{"kb/s", kKilo},
                                 Unit{"B/s", 8},
                                 Unit{"b/s", 1}};
constexpr std::array kFrequencies{Unit{"GHz", kGiga}, Unit{"MHz", kMega}, Unit{"kHz", kKilo},
                                  Unit{"Hz", 1}};
constexpr std::array kCycles{Unit{"cycles", 1}};
constexpr std::array kRates{Unit{"G/s", kGiga}, Unit{"M/s", kMega}, Unit{"k/s", kKilo},
                            Unit{"/s", 1}};

// Twenty-five digits times the largest unit stay below 2^127.
constexpr std::int64_t kMostDigits = 25;
// No text that is read has so many digits, so beyond it one exponent is as good as another.
constexpr std::int64_t kFarthestExponent = 1'000'000'000;
// Above this a dimension was surely meant otherwise, and sums of such rates stay finite.
constexpr double kLargestRate = 1e18;

/// "12.50e3 ns" taken apart: 12, 50, 3 and ns.
struct Parts {
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;
  std::string_view unit;
};

std::string_view take_digits(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

/// "e3", "E+3" or "e-3", as in JSON; what has no digits belongs to the unit.
std::int64_t take_exponent(std::string_view& text) {
  if (!text.starts_with('e') && !text.starts_with('E')) return 0;
  std::string_view rest = text.substr(1);
  const bool is_negative = rest.starts_with('-');
  if (is_negative || rest.starts_with('+')) rest.remove_prefix(1);
  const std::string_view digits = take_digits(rest);
  if (digits.empty()) return 0;
  text = rest;
  std::int64_t exponent = kFarthestExponent;  // stays if there are too many digits
  std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  exponent = std::min(exponent, kFarthestExponent);
  return is_negative ? -exponent : exponent;
}

std::string units_of(const Scale& scale) {
  std::vector<std::string> names;
  for (const Unit& unit : scale.units) names.emplace_back(unit.name);
  return one_of(names);
}

std::string as_in(const Scale& scale) {
  return std::string("write a ") + scale.noun + " with its unit, as in \"" + scale.example + '"';
}

[[noreturn]] void refuse(std::string_view text, const std::string& why, const std::string& remedy) {
  throw ConfigError("", in_quotes(text) + ' ' + why, remedy);
}

/// "1,000 us" is not of an unknown unit: its number is written for people.
void refuse_groups(std::string_view text, std::string_view after_number) {
  const auto next = after_number.find_first_not_of(' ');
  if (next == std::string_view::npos) return;
  const bool is_digit = '0' <= after_number[next] && after_number[next] <= '9';
  const bool is_mark = next == 0 && std::string_view(",._'").find(after_number[0]) != text.npos;
  if (!is_digit && !is_mark) return;
  refuse(text, std::string("has a '") + after_number.front() + "' in its number",
         "write digits, and one point before any decimals");
}

Parts take_apart(std::string_view text, const Scale& scale) {
  std::string_view rest = text;
  if (rest.starts_with('-')) {
    refuse(text, "is negative", std::string("write a ") + scale.noun + " of zero or more");
  }
  Parts parts;
  parts.whole = take_digits(rest);
  const bool has_point = rest.starts_with('.');
  if (has_point) {
    rest.remove_prefix(1);
    parts.fraction = take_digits(rest);
  }
  if (parts.whole.empty() || (has_point && parts.fraction.empty())) {
    refuse(text, std::string("is not a ") + scale.noun, as_in(scale));
  }
  parts.exponent = take_exponent(rest);
  refuse_groups(text, rest);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest.empty()) refuse(text, "has no unit", as_in(scale));
  parts.unit = rest;
  return parts;
}

const Unit& find_unit(std::string_view text, std::string_view name, const Scale& scale) {
  const auto unit =
      std::ranges::find_if(scale.units, [&](const Unit& u) { return name == u.name; });
  if (unit == scale.units.end()) refuse(text, "has no known unit", "use " + units_of(scale));
  return *unit;
}

[[noreturn]] void refuse_too_fine(std::string_view text, const Scale& scale) {
  const std::string one = std::string("1 ") + scale.units.back().name;
  refuse(text, "is finer than " + one, "write a multiple of " + one);
}

[[noreturn]] void refuse_too_large(std::string_view text, const Scale& scale) {
  const Unit& largest = scale.units.front();
  const auto most = std::numeric_limits<std::int64_t>::max() / largest.size;
  refuse(text, "is too large", "stay at or below " + std::to_string(most) + ' ' + largest.name);
}

Int128 whole_number(std::string_view digits) {
  Int128 number = 0;
  for (const char digit : digits) number = 10 * number + (digit - '0');
  return number;
}

Int128 power_of_ten(std::int64_t exponent) {
  Int128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

std::string_view without_leading_zeros(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

std::string_view without_trailing_zeros(std::string_view digits) {
  return digits.substr(0, digits.find_last_not_of('0') + 1);
}

/// A number as its digits, without zeros at either end, times a power of ten; zero has none.
struct Decimal {
  std::string digits;
  std::int64_t exponent = 0;
};

Decimal decimal_of(const Parts& parts) {
  const std::string all = std::string(parts.whole) + std::string(parts.fraction);
  const std::string_view significant = without_leading_zeros(without_trailing_zeros(all));
  if (significant.empty()) return {};
  const std::size_t zeros = all.size() - without_trailing_zeros(all).size();
  return {.digits = std::string(significant),
          .exponent = parts.exponent + static_cast<std::int64_t>(zeros) -
                      static_cast<std::int64_t>(parts.fraction.size())};
}

/// `digits` with a point that stands `decimals` before their end.
std::string with_point(std::string digits, std::size_t decimals) {
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  const std::string fraction(
      without_trailing_zeros(std::string_view(digits).substr(digits.size() - decimals)));
  digits.resize(digits.size() - decimals);
  return fraction.empty() ? digits : digits + '.' + fraction;
}

std::string digits_of(Int128 number) {
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(number % 10)));
  } while ((number /= 10) > 0);
  return digits;
}

}  // namespace

const Scale& Quantity<Duration>::scale() {
  static constexpr Scale kScale{"time", "130 ns", kTimes, 3};
  return kScale;
}

const Scale& Quantity<Bytes>::scale() {
  static constexpr Scale kScale{"size", "64 B", kSizes, 0};
  return kScale;
}

const Scale& Quantity<Bandwidth>::scale() {
  static constexpr Scale kScale{"bandwidth", "16 GB/s", kBandwidths, 3};
  return kScale;
}

const Scale& Quantity<Cycles>::scale() {
  static constexpr Scale kScale{"number of cycles", "46 cycles", kCycles, 0};
  return kScale;
}

const Scale& Quantity<Frequency>::scale() {
  static constexpr Scale kScale{"frequency", "3.5 GHz", kFrequencies, 3};
  return kScale;
}

const Scale& Quantity<Rate>::scale() {
  static constexpr Scale kScale{"rate", "120 k/s", kRates, 0};
  return kScale;
}

void parse_count(std::string_view text, const Scale& scale, std::int64_t& count) {
  const Parts parts = take_apart(text, scale);
  const Unit& unit = find_unit(text, parts.unit, scale);
  const Decimal decimal = decimal_of(parts);
  const auto size = static_cast<std::int64_t>(decimal.digits.size());
  if (size + decimal.exponent > kMostDigits) refuse_too_large(text, scale);
  if (std::max(size, -decimal.exponent) > kMostDigits) refuse_too_fine(text, scale);

  const Int128 factor = power_of_ten(std::max<std::int64_t>(decimal.exponent, 0));
  const Int128 parts_per_one = power_of_ten(std::max<std::int64_t>(-decimal.exponent, 0));
  const Int128 scaled = whole_number(decimal.digits) * factor * unit.size;
  if (scaled % parts_per_one != 0) refuse_too_fine(text, scale);
  if (scaled / parts_per_one > std::numeric_limits<std::int64_t>::max()) {
    refuse_too_large(text, scale);
  }
  count = static_cast<std::int64_t>(scaled / parts_per_one);
}

void parse_count(std::string_view text, const Scale& scale, double& count) {
  const Parts parts = take_apart(text, scale);
  const Unit& unit = find_unit(text, parts.unit, scale);
  // The unit becomes an exponent, so that there is one rounding and not two.
  const auto zeros = static_cast<std::int64_t>(std::to_string(unit.size).size() - 1);
  const std::string decimal = std::string(parts.whole) + '.' + std::string(parts.fraction) + "0e" +
                              std::to_string(parts.exponent + zeros);
  const auto result = std::from_chars(decimal.data(), decimal.data() + decimal.size(), count);
  if (result.ec != std::errc{} || count > kLargestRate) {
    refuse(text, std::string("is no usable ") + scale.noun, "stay at or below 1000000000 G/s");
  }
}

std::string count_text(std::int64_t count, const Scale& scale) {
  const Int128 size = count < 0 ? -Int128{count} : Int128{count};
  const Int128 shift = power_of_ten(scale.decimals);
  const Unit* chosen = &scale.units.back();
  for (const Unit& unit : scale.units) {
    if (size >= unit.size && size * shift % unit.size == 0) {
      chosen = &unit;
      break;
    }
  }
  const std::string digits = digits_of(size * shift / chosen->size);
  return (count < 0 ? "-" : "") + with_point(digits, static_cast<std::size_t>(scale.decimals)) +
         ' ' + chosen->name;
}

std::string count_text(double count, const Scale& scale) {
  const auto unit = std::ranges::find_if(
      scale.units, [&](const Unit& u) { return std::abs(count) >= static_cast<double>(u.size); });
  const Unit& chosen = unit == scale.units.end() ? scale.units.back() : *unit;

  std::array<char, 32> shortest{};
  const auto end = std::to_chars(shortest.data(), shortest.data() + shortest.size(),
                                 std::abs(count), std::chars_format::scientific);
  const std::string_view text(shortest.data(), end.ptr);
  const auto e = text.find('e');
  if (e == std::string_view::npos) return std::string(text) + ' ' + chosen.name;  // inf or nan

  std::string digits(text.substr(0, 1));
  if (e > 2) digits += text.substr(2, e - 2);
  const int exponent = std::stoi(std::string(text.substr(e + 1))) -
                       static_cast<int>(std::to_string(chosen.size).size() - 1);
  const int decimals = static_cast<int>(digits.size()) - 1 - exponent;
  if (decimals < 0) digits.append(static_cast<std::size_t>(-decimals), '0');
  return (count < 0 ? "-" : "") +
         with_point(digits, static_cast<std::size_t>(std::max(decimals, 0))) + ' ' + chosen.name;
}

}  // namespace sim
