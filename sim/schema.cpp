// SPDX-License-Identifier: Apache-2.0
#include "sim/schema.h"

#include <nlohmann/json.hpp>

#include "sim/json.h"

namespace sim {
namespace {

Json node_of(const Type& type, const void* defaults);

std::string either(const std::vector<std::string>& names) {
  std::string pattern;
  for (const std::string& name : names) pattern += (pattern.empty() ? "" : "|") + name;
  return '(' + pattern + ')';
}

Json quantity_node(const Leaf& leaf) {
  return {{"type", "string"},
          {"pattern", "^[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)? *" + either(leaf.names) + '$'},
          {"examples", Json::array({leaf.example})}};
}

Json leaf_node(const Leaf& leaf) {
  switch (leaf.kind) {
    case Leaf::Kind::kFlag:
      return {{"type", "boolean"}};
    case Leaf::Kind::kWhole:
      return {{"type", "integer"}};
    case Leaf::Kind::kUnsigned:
      return {{"type", "integer"}, {"minimum", 0}};
    case Leaf::Kind::kReal:
      return {{"type", "number"}};
    case Leaf::Kind::kText:
      return {{"type", "string"}};
    case Leaf::Kind::kChoice:
      return {{"enum", leaf.names}};
    case Leaf::Kind::kQuantity:
      return quantity_node(leaf);
    case Leaf::Kind::kArgument:
      return {{"type", Json::array({"string", "number", "boolean"})}};
  }
  return {};
}

Json container_node(const Container& container) {
  const auto element = container.make_element();
  Json node = node_of(*container.element, element.get());
  if (container.kind == Container::Kind::kList) return {{"type", "array"}, {"items", node}};
  if (container.kind == Container::Kind::kMap) {
    return {{"type", "object"}, {"additionalProperties", node}};
  }
  return {{"anyOf", Json::array({node, {{"type", "null"}}})}};
}

std::string description_of(const Field& field) {
  std::string text = field.meaning;
  if (field.bounds) {
    text += ". Range: " + plain_text(field.bounds->low) + " to " + plain_text(field.bounds->high);
  }
  if (field.source) {
    text += std::string(". Source (") + static_cast<char>(field.source->tag) + "): ";
    text += field.source->text;
  }
  return text;
}

Json field_node(const Field& field, const void* value) {
  Json node = node_of(*field.type, value);
  node["description"] = description_of(field);
  if (!std::holds_alternative<Record>(field.type->shape)) {
    write_from(*field.type, value, node["default"]);
  }
  return node;
}

Json preset_node(const Record& record) {
  Json names = Json::array();
  for (const auto& preset : record.presets) names.push_back(preset.name);
  return {{"enum", names}, {"description", "starts from these values instead of the defaults"}};
}

Json record_node(const Record& record, const void* defaults) {
  Json properties = Json::object();
  properties["about"] = {{"type", "string"}, {"description", "free text"}};
  if (!record.presets.empty()) properties["preset"] = preset_node(record);
  for (const Field& field : record.fields) {
    // Only read from: `in` serves reading and writing alike.
    properties[field.name] = field_node(field, field.in(const_cast<void*>(defaults)));
  }
  return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

Json node_of(const Type& type, const void* defaults) {
  if (const auto* leaf = std::get_if<Leaf>(&type.shape)) return leaf_node(*leaf);
  if (const auto* container = std::get_if<Container>(&type.shape))
    return container_node(*container);
  if (const auto* record = std::get_if<Record>(&type.shape)) return record_node(*record, defaults);
  const auto& summary = std::get<Summary>(type.shape);
  return node_of(*summary.type, summary.make(defaults).get());
}

}  // namespace

void schema_of(const Type& type, const void* defaults, Json& out) {
  out = Json{{"$schema", "http://json-schema.org/draft-07/schema#"}};
  out.update(node_of(type, defaults));
  if (out.contains("properties")) out["properties"]["$schema"] = {{"type", "string"}};
}

}  // namespace sim
