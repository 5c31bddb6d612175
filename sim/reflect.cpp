// SPDX-License-Identifier: Apache-2.0
#include "sim/reflect.h"

namespace sim {
namespace {

void visit_field(const std::string& path, const Field& field, const Type& type, void* value,
                 const LeafVisit& visit);

void visit_record(const std::string& path, const Record& record, void* value,
                  const LeafVisit& visit) {
  for (const Field& field : record.fields) {
    visit_field(joined(path, field.name), field, *field.type, field.in(value), visit);
  }
}

void visit_field(const std::string& path, const Field& field, const Type& type, void* value,
                 const LeafVisit& visit) {
  if (const auto* leaf = std::get_if<Leaf>(&type.shape)) {
    visit(path, field, *leaf, value);
  } else if (const auto* container = std::get_if<Container>(&type.shape)) {
    container->for_each(value, [&](const std::string& key, const void* element) {
      // The container came as mutable, so its elements are.
      visit_field(joined(path, key), field, *container->element, const_cast<void*>(element), visit);
    });
  } else if (const auto* record = std::get_if<Record>(&type.shape)) {
    visit_record(path, *record, value, visit);
  }
}

}  // namespace

std::string joined(const std::string& path, std::string_view name) {
  return path.empty() || name.empty() ? path + std::string(name) : path + '.' + std::string(name);
}

void for_each_leaf(const Type& type, void* value, const LeafVisit& visit) {
  if (const auto* record = std::get_if<Record>(&type.shape))
    visit_record({}, *record, value, visit);
}

}  // namespace sim
