// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/axis.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace report {
namespace {

constexpr int kTicks = 5;  // about as many

/// Far beyond any result, and such that no distance on an axis overflows or vanishes.
constexpr double kLargest = 1e30;
constexpr double kSmallest = 1e-30;

double within_reach(double number, double least) {
  return std::clamp(number, least, kLargest);
}

/// The round number (1, 2 or 5 times a power of ten) nearest above.
double round_step(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (step <= factor * power * 1.0001) return factor * power;
  }
  return 10 * power;
}

std::vector<double> linear_ticks(double low, double high) {
  low = std::abs(low) < kSmallest ? 0 : within_reach(low, -kLargest);
  high = std::abs(high) < kSmallest ? 0 : within_reach(high, -kLargest);
  const double span = high > low ? high - low : std::max(1.0, std::abs(low));
  const double step = round_step(span / kTicks);
  std::vector<double> ticks;
  const double first = std::floor(low / step + 1e-9);
  for (int i = 0;; ++i) {
    ticks.push_back((first + i) * step);
    if (ticks.back() >= high - 1e-9 * step && i > 0) return ticks;
  }
}

/// 1, 2 and 5 times powers of ten, or only these when there are many.
std::vector<double> log_ticks(double low, double high) {
  low = within_reach(low, kSmallest);
  high = within_reach(high, kSmallest);
  const bool is_long = high / low > 1000;
  std::vector<double> ticks;
  for (double power = std::pow(10, std::floor(std::log10(low)));; power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * power;
      if (is_long && factor != 1) continue;
      if (tick <= low * 1.0001 && !ticks.empty()) ticks.clear();
      ticks.push_back(tick);
      if (tick >= high * 0.9999 && ticks.size() > 1) return ticks;
    }
  }
}

std::string with_separators(std::string digits) {
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

}  // namespace

Axis::Axis(Scale scale, double low, double high, double from, double to)
    : scale_(scale),
      from_(from),
      to_(to),
      ticks_(scale == Scale::kLog ? log_ticks(low, high) : linear_ticks(low, high)) {
  low_ = ticks_.front();
  high_ = ticks_.back();
}

Axis::Axis(double low, double high, double from, double to)
    : scale_(Scale::kLinear), low_(low), high_(high), from_(from), to_(to) {}

double Axis::fraction(double number) const {
  if (scale_ == Scale::kLinear) return (number - low_) / (high_ - low_);
  return std::log(std::max(number, low_) / low_) / std::log(high_ / low_);
}

double Axis::at(double number) const {
  return from_ + std::clamp(fraction(number), 0.0, 1.0) * (to_ - from_);
}

std::string number_text(double number) {
  if (std::abs(number) < 1000) return fmt::format("{:.4g}", number);
  const std::string digits = with_separators(fmt::format("{:.0f}", std::abs(number)));
  return number < 0 ? '-' + digits : digits;
}

std::string number_text(double number, double half_width) {
  constexpr double kRounding = 1e-9;  // what equal numbers may leave behind when averaged
  if (half_width <= kRounding * std::abs(number)) return number_text(number);
  const std::string width =
      half_width < 100 ? fmt::format("{:.2g}", half_width) : number_text(std::round(half_width));
  return number_text(number) + " ±" + width;
}

}  // namespace report
