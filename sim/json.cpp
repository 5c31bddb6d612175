// SPDX-License-Identifier: Apache-2.0
#include "sim/json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/wording.h"

namespace sim {
namespace {

std::string kind_of(const Json& json) {
  if (json.is_object()) return "an object";
  if (json.is_array()) return "a list";
  return "a single value";
}

std::optional<Literal> literal_of(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return nullptr;
    case Json::value_t::boolean:
      return json.get<bool>();
    case Json::value_t::number_integer:
      return json.get<std::int64_t>();
    case Json::value_t::number_unsigned:
      return json.get<std::uint64_t>();
    case Json::value_t::number_float:
      return json.get<double>();
    case Json::value_t::string:
      return json.get<std::string>();
    default:
      return std::nullopt;
  }
}

Literal literal_at(const Place& place, const std::string& noun) {
  if (auto literal = literal_of(place.json())) return *literal;
  throw place.error("found " + kind_of(place.json()), "write a single value: " + noun);
}

void read_leaf(const Leaf& leaf, void* value, const Place& place) {
  const Literal literal = literal_at(place, leaf.noun);
  try {
    leaf.set(value, literal);
  } catch (const ConfigError& error) {
    throw place.locate(error);
  }
}

void read_list(const Container& list, void* value, const Place& place) {
  if (!place.json().is_array()) {
    throw place.error("found " + kind_of(place.json()), "write a list, as in [ ... ]");
  }
  list.clear(value);
  for (std::size_t i = 0; i < place.json().size(); ++i) {
    const Place element = place.member(std::to_string(i), place.json()[i]);
    read_over(*list.element, list.add(value, {}), element, {});
  }
}

void require_object(const Place& place) {
  if (place.json().is_object()) return;
  throw place.error("found " + kind_of(place.json()), "write an object, as in { ... }");
}

/// Free text, allowed everywhere so that a file can explain itself.
void require_text(const Place& place) {
  if (!place.json().is_string()) throw place.error("found no text", "write a sentence in quotes");
}

void read_map(const Container& map, void* value, const Place& place) {
  require_object(place);
  map.clear(value);
  for (const auto& [key, json] : place.json().items()) {
    if (key == "about")
      require_text(place.member(key, json));
    else
      read_over(*map.element, map.add(value, key), place.member(key, json), {});
  }
}

void read_container(const Container& container, void* value, const Place& place) {
  if (container.kind == Container::Kind::kList) return read_list(container, value, place);
  if (container.kind == Container::Kind::kMap) return read_map(container, value, place);
  if (place.json().is_null()) return container.clear(value);
  read_over(*container.element, container.add(value, {}), place, {});
}

void apply_preset(const Record& record, void* value, const Place& place) {
  std::vector<std::string> names;
  for (const auto& preset : record.presets) names.push_back(preset.name);
  const Literal literal = literal_at(place, one_of(names));
  try {
    record.presets[choice_in(literal, names)].apply(value);
  } catch (const ConfigError& error) {
    throw place.locate(error);
  }
}

bool is_field(const Record& record, const std::string& name) {
  return std::ranges::any_of(record.fields, [&](const Field& f) { return name == f.name; });
}

void check_name(const Record& record, const std::string& name, const Place& place,
                const OtherNames& others) {
  if (is_field(record, name) || std::ranges::find(others, name) != others.end()) return;
  if (name == "preset" && !record.presets.empty()) return;
  const bool is_schema = name == "$schema" && place.path().empty();
  if (name == "about" || is_schema) return require_text(place.at(name));

  std::vector<std::string> names = others;
  for (const Field& field : record.fields) names.emplace_back(field.name);
  if (!record.presets.empty()) names.emplace_back("preset");
  throw place.error_at_name(name, "no such parameter: " + in_quotes(name), suggestion(name, names));
}

void check_rules(const Record& record, const void* value, const Place& place) {
  try {
    record.check(value);
  } catch (const ConfigError& error) {
    throw place.locate(error);
  }
}

void read_record(const Record& record, void* value, const Place& place, const OtherNames& others) {
  require_object(place);
  for (const auto& [name, unused] : place.json().items()) check_name(record, name, place, others);
  if (const auto preset = record.presets.empty() ? std::nullopt : place.find("preset")) {
    apply_preset(record, value, *preset);
  }
  for (const Field& field : record.fields) {
    if (const auto member = place.find(field.name)) {
      read_over(*field.type, field.in(value), *member, {});
    }
  }
  check_rules(record, value, place);
}

Json json_of(const Literal& literal) {
  // JSON knows no infinity: a statistic without a value is null.
  if (const auto* x = std::get_if<double>(&literal); x != nullptr && !std::isfinite(*x)) return {};
  return std::visit([](const auto& value) { return Json(value); }, literal);
}

void write_container(const Container& container, const void* value, Json& out) {
  const bool is_list = container.kind == Container::Kind::kList;
  const bool is_map = container.kind == Container::Kind::kMap;
  out = is_list ? Json::array() : is_map ? Json::object() : Json();
  container.for_each(value, [&](const std::string& key, const void* element) {
    Json written;
    write_from(*container.element, element, written);
    if (is_list)
      out.push_back(std::move(written));
    else if (is_map)
      append_member(out, key, std::move(written));
    else
      out = std::move(written);
  });
}

void write_record(const Record& record, const void* value, Json& out) {
  out = Json::object();
  for (const Field& field : record.fields) {
    // Only read from: `in` serves reading and writing alike.
    write_from(*field.type, field.in(const_cast<void*>(value)), out[field.name]);
  }
}

}  // namespace

void read_over(const Type& type, void* value, const Place& place, const OtherNames& others) {
  if (const auto* leaf = std::get_if<Leaf>(&type.shape)) return read_leaf(*leaf, value, place);
  if (const auto* container = std::get_if<Container>(&type.shape)) {
    return read_container(*container, value, place);
  }
  const auto* record = std::get_if<Record>(&type.shape);
  SIM_CHECK(record != nullptr);  // summaries are written only
  read_record(*record, value, place, others);
}

void write_from(const Type& type, const void* value, Json& out) {
  if (const auto* leaf = std::get_if<Leaf>(&type.shape)) out = json_of(leaf->get(value));
  if (const auto* container = std::get_if<Container>(&type.shape)) {
    write_container(*container, value, out);
  }
  if (const auto* record = std::get_if<Record>(&type.shape)) write_record(*record, value, out);
  if (const auto* summary = std::get_if<Summary>(&type.shape)) {
    write_from(*summary->type, summary->make(value).get(), out);
  }
}

std::string text_from(const Type& type, const void* value) {
  Json json;
  write_from(type, value, json);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace sim
