// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/reflect.h"

namespace sim {

/// One ranged number inside a parameter struct, to be varied. Lives as long as the struct does.
class Parameter {
 public:
  Parameter(std::string path, const Field& field, const Leaf& leaf, void* value)
      : path_(std::move(path)), field_(&field), leaf_(&leaf), value_(value) {}

  const std::string& path() const { return path_; }
  /// Where in the struct it is.
  const void* address() const { return value_; }
  const char* meaning() const { return field_->meaning; }
  const Source& source() const { return *field_->source; }
  std::string text() const;
  std::string low_text() const;
  std::string high_text() const;

  /// Not a switch, a choice or a text.
  bool is_number() const;
  /// As numbers: what a quantity counts (picoseconds, bytes, hertz), or the plain number.
  double number() const { return number_of(leaf_->get(value_)); }
  double low() const { return number_of(field_->bounds->low); }
  double high() const { return number_of(field_->bounds->high); }
  /// The nearest value that the parameter can have; it has no less than zero unless its range has.
  void set_number(double number) const;

  void set_to_low() const { leaf_->set(value_, field_->bounds->low); }
  void set_to_high() const { leaf_->set(value_, field_->bounds->high); }
  /// "150 ns", or a ConfigError with this path.
  void set(const Literal& literal) const;

 private:
  double number_of(const Literal& literal) const;

  std::string path_;
  const Field* field_;
  const Leaf* leaf_;
  void* value_;
};

/// A value that the file may have but that nobody vouches for.
struct Outside {
  std::string path;
  std::string value;
  std::string low;
  std::string high;
};

std::vector<Parameter> parameters_in(const Type& type, void* record);
std::map<std::string, std::string> parameter_texts(const Type& type, void* record);
std::vector<Outside> outside_range(const Type& type, void* record);
void require_in_range(const std::vector<Outside>& outside);
std::vector<std::string> missing_sources(const Type& type, void* record);

/// Visits each parameter of `params` that has a range and a source, as described.
template <class T>
void for_each_parameter(T& params, const std::function<void(const Parameter&)>& visit) {
  for (const Parameter& parameter : parameters_in(type_of<T>(), &params)) visit(parameter);
}

/// The same parameters as text, by path.
template <class T>
std::map<std::string, std::string> parameter_texts(T params) {
  return parameter_texts(type_of<T>(), &params);
}

/// The values outside their ranges: legal, but then the program extrapolates and says so.
template <class T>
std::vector<Outside> outside_range(T params) {
  return outside_range(type_of<T>(), &params);
}

/// Where nothing can be had beyond the ranges: throws ConfigError for the first value outside.
template <class T>
void require_in_range(const T& params) {
  require_in_range(outside_range(params));
}

/// For tests: what no one vouches for. Empty when every parameter has a source, and its default
/// lies in its range.
template <class T>
std::vector<std::string> missing_sources() {
  T defaults{};
  return missing_sources(type_of<T>(), &defaults);
}

}  // namespace sim
