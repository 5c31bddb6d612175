// SPDX-License-Identifier: Apache-2.0
#include "sim/parameters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "sim/quantity.h"

namespace sim {
namespace {

/// One of sim's own kinds of quantity; models have kinds of their own, in SI units.
const Scale* scale_of(const Leaf& leaf) {
  const std::array scales{&Quantity<Duration>::scale(),  &Quantity<Bytes>::scale(),
                          &Quantity<Bandwidth>::scale(), &Quantity<Cycles>::scale(),
                          &Quantity<Frequency>::scale(), &Quantity<Rate>::scale()};
  for (const Scale* scale : scales)
    if (std::string_view(leaf.noun) == scale->noun) return scale;
  return nullptr;
}

/// What the prefix of "mW" makes of a watt.
double prefix_of(std::string_view unit) {
  constexpr std::array<std::pair<char, double>, 7> kPrefixes{
      {{'p', 1e-12}, {'n', 1e-9}, {'u', 1e-6}, {'m', 1e-3}, {'k', 1e3}, {'M', 1e6}, {'G', 1e9}}};
  for (const auto& [name, factor] : kPrefixes)
    if (unit.size() > 1 && unit.front() == name) return factor;
  return 1;
}

/// "1.5 W" in the smallest of the units, the last.
double count_in(const std::string& text, const std::vector<std::string>& units) {
  std::size_t end = 0;
  const double number = std::stod(text, &end);
  const std::string unit = text.substr(std::min(text.find_first_not_of(' ', end), text.size()));
  return std::round(number * prefix_of(unit) / prefix_of(units.back()));
}

struct AsNumber {
  double operator()(double x) const { return x; }
  double operator()(std::int64_t x) const { return static_cast<double>(x); }
  double operator()(std::uint64_t x) const { return static_cast<double>(x); }
  double operator()(const auto&) const { broken("a range of numbers", __FILE__, __LINE__); }
};

bool has_source(const Field& field) {
  return field.source && field.source->text != nullptr && *field.source->text != '\0';
}

/// Follows the descriptions and not a value, so that what an empty list holds counts as well.
void note_missing(const Record& record, const std::string& path,
                  std::vector<std::string>& missing) {
  for (const Field& field : record.fields) {
    const std::string at = joined(path, field.name);
    const Type* type = field.type;
    while (const auto* container = std::get_if<Container>(&type->shape)) type = container->element;
    if (const auto* nested = std::get_if<Record>(&type->shape))
      note_missing(*nested, at, missing);
    else if (!has_source(field))
      missing.push_back(at + ": has no source");
  }
}

}  // namespace

std::string Parameter::text() const {
  return plain_text(leaf_->get(value_));
}
std::string Parameter::low_text() const {
  return plain_text(field_->bounds->low);
}
std::string Parameter::high_text() const {
  return plain_text(field_->bounds->high);
}

bool Parameter::is_number() const {
  using Kind = Leaf::Kind;
  const Kind kind = leaf_->kind;
  return kind != Kind::kFlag && kind != Kind::kChoice && kind != Kind::kText &&
         kind != Kind::kArgument;
}

double Parameter::number_of(const Literal& literal) const {
  if (leaf_->kind != Leaf::Kind::kQuantity) return std::visit(AsNumber{}, literal);
  const Scale* scale = scale_of(*leaf_);
  if (scale == nullptr) return count_in(text_in(literal), leaf_->names);
  if (scale == &Quantity<Rate>::scale()) return parse<Rate>(text_in(literal)).per_second;
  std::int64_t count = 0;
  parse_count(text_in(literal), *scale, count);
  return static_cast<double>(count);
}

void Parameter::set_number(double number) const {
  const double wanted = low() < 0 ? number : std::max(number, 0.0);
  const auto whole = static_cast<std::int64_t>(std::llround(wanted));
  if (leaf_->kind == Leaf::Kind::kReal)
    set(wanted);
  else if (leaf_->kind != Leaf::Kind::kQuantity)
    set(whole);
  else if (const Scale* scale = scale_of(*leaf_); scale == nullptr)
    set(std::to_string(whole) + ' ' + leaf_->names.back());
  else
    set(scale == &Quantity<Rate>::scale() ? count_text(wanted, *scale) : count_text(whole, *scale));
}

void Parameter::set(const Literal& literal) const {
  try {
    leaf_->set(value_, literal);
  } catch (const ConfigError& error) {
    throw ConfigError(path_, error.wrong(), error.remedy());
  }
}

std::vector<Parameter> parameters_in(const Type& type, void* record) {
  std::vector<Parameter> parameters;
  for_each_leaf(type, record,
                [&](const std::string& path, const Field& field, const Leaf& leaf, void* value) {
                  if (field.bounds && field.source)
                    parameters.emplace_back(path, field, leaf, value);
                });
  return parameters;
}

std::map<std::string, std::string> parameter_texts(const Type& type, void* record) {
  std::map<std::string, std::string> texts;
  for (const Parameter& parameter : parameters_in(type, record))
    texts[parameter.path()] = parameter.text();
  return texts;
}

std::vector<Outside> outside_range(const Type& type, void* record) {
  std::vector<Outside> outside;
  for_each_leaf(
      type, record,
      [&](const std::string& path, const Field& field, const Leaf& leaf, void* value) {
        if (!field.bounds || field.bounds->contain(value)) return;
        outside.push_back({path, plain_text(leaf.get(value)), plain_text(field.bounds->low),
                           plain_text(field.bounds->high)});
      });
  return outside;
}

void require_in_range(const std::vector<Outside>& outside) {
  for (const Outside& value : outside)
    throw ConfigError(value.path, "is out of bounds: " + value.value,
                      "give something from " + value.low + " to " + value.high);
}

std::vector<std::string> missing_sources(const Type& type, void* record) {
  std::vector<std::string> missing;
  note_missing(std::get<Record>(type.shape), {}, missing);
  for (const Outside& value : outside_range(type, record)) {
    missing.push_back(value.path + ": default " + value.value + " is outside its range " +
                      value.low + " .. " + value.high);
  }
  return missing;
}

}  // namespace sim
