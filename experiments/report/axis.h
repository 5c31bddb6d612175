// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace report {

/// Where numbers lie along one side of a chart.
class Axis {
 public:
  enum class Scale { kLinear, kLog };

  /// Reaches from `low` to `high` in numbers and from `from` to `to` in pixels, widened to the
  /// next round numbers. A logarithmic axis needs numbers above zero.
  Axis(Scale scale, double low, double high, double from, double to);

  /// The same without widening and without round numbers, for what has names.
  Axis(double low, double high, double from, double to);

  double at(double number) const;
  double low() const { return low_; }
  double high() const { return high_; }

  /// The round numbers to be written beside it.
  const std::vector<double>& ticks() const { return ticks_; }

 private:
  double fraction(double number) const;

  Scale scale_;
  double low_;
  double high_;
  double from_;
  double to_;
  std::vector<double> ticks_;
};

/// "0.5", "1,200".
std::string number_text(double number);

/// "1,002 ±1.3"; without the second part when there is no interval worth telling.
std::string number_text(double number, double half_width);

}  // namespace report
