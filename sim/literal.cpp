// SPDX-License-Identifier: Apache-2.0
#include "sim/literal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "sim/wording.h"

namespace sim {
namespace {

using detail::Int128;

// Larger numbers are slips (1e308), and integers overflow soon after.
constexpr double kLargestNumber = 1e18;
// Up to here a double that looks like a whole number is exactly that number.
constexpr double kLargestExact = 9007199254740992.0;

[[noreturn]] void refuse(const Literal& literal, const std::string& why,
                         const std::string& remedy) {
  throw ConfigError("", found(literal) + ' ' + why, remedy);
}

std::string shortest(double number) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

struct Finder {
  std::string operator()(std::nullptr_t) const { return "null"; }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t n) const { return std::to_string(n); }
  std::string operator()(std::uint64_t n) const { return std::to_string(n); }
  std::string operator()(double x) const { return shortest(x); }
  std::string operator()(const std::string& text) const { return in_quotes(text); }
};

bool is_number(const Literal& literal) {
  return std::holds_alternative<std::int64_t>(literal) ||
         std::holds_alternative<std::uint64_t>(literal) || std::holds_alternative<double>(literal);
}

struct Whole {
  const Literal& literal;
  Int128 operator()(std::int64_t n) const { return n; }
  Int128 operator()(std::uint64_t n) const { return n; }
  Int128 operator()(double x) const {
    // 1e6 is a whole number too.
    if (std::abs(x) <= kLargestExact && x == std::trunc(x)) return static_cast<std::int64_t>(x);
    return (*this)(nullptr);
  }
  template <class Other>
  Int128 operator()(const Other&) const {
    refuse(literal, "is not a whole number", "write one without quotes, as in 16");
  }
};

/// Only the ends of integer types come here, and they fit one of the two.
std::string text_of(Int128 n) {
  return n < 0 ? std::to_string(static_cast<std::int64_t>(n))
               : std::to_string(static_cast<std::uint64_t>(n));
}

}  // namespace

std::string found(const Literal& literal) {
  return std::visit(Finder{}, literal);
}

std::string plain_text(const Literal& literal) {
  const auto* text = std::get_if<std::string>(&literal);
  return text == nullptr ? found(literal) : *text;
}

bool flag_in(const Literal& literal) {
  if (const bool* flag = std::get_if<bool>(&literal)) return *flag;
  refuse(literal, "is not a switch", "write true or false");
}

Int128 whole_number_in(const Literal& literal, Int128 low, Int128 high) {
  const Int128 number = std::visit(Whole{literal}, literal);
  if (number < low && low == 0) refuse(literal, "is negative", "write zero or more");
  if (number < low) refuse(literal, "is too small", "stay at or above " + text_of(low));
  if (number > high) refuse(literal, "is too large", "stay at or below " + text_of(high));
  return number;
}

double number_in(const Literal& literal) {
  double number = 0;
  if (const auto* n = std::get_if<std::int64_t>(&literal))
    number = static_cast<double>(*n);
  else if (const auto* u = std::get_if<std::uint64_t>(&literal))
    number = static_cast<double>(*u);
  else if (const auto* x = std::get_if<double>(&literal))
    number = *x;
  else
    refuse(literal, "is not a number", "write one without quotes, as in 0.5");

  if (!(std::abs(number) <= kLargestNumber)) {
    refuse(literal, "is too large", "stay within -1e18 and 1e18");
  }
  return number;
}

const std::string& text_in(const Literal& literal) {
  if (const auto* text = std::get_if<std::string>(&literal)) return *text;
  refuse(literal, "is not text", "write it in double quotes");
}

std::string argument_in(const Literal& literal) {
  if (std::holds_alternative<std::nullptr_t>(literal))
    refuse(literal, "is no value", "write a text or a number");
  return plain_text(literal);
}

const std::string& quantity_in(const Literal& literal, const Scale& scale) {
  if (const auto* text = std::get_if<std::string>(&literal)) return *text;
  const std::string noun = scale.noun;
  refuse(literal, is_number(literal) ? "has no unit" : "is not a " + noun,
         "write a " + noun + " with its unit, as in \"" + scale.example + '"');
}

std::size_t choice_in(const Literal& literal, const std::vector<std::string>& names) {
  const auto* text = std::get_if<std::string>(&literal);
  if (text == nullptr) refuse(literal, "is not one of the choices", "try " + one_of(names));
  const auto match = std::ranges::find(names, *text);
  if (match == names.end()) refuse(literal, "is not a choice", suggestion(*text, names));
  return static_cast<std::size_t>(match - names.begin());
}

}  // namespace sim
