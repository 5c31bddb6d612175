// SPDX-License-Identifier: Apache-2.0
#include "sim/parameters.h"

namespace sim {
namespace {

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
