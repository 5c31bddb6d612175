// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/schema.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/measure/experiment.h"
#include "experiments/points/precision.h"
#include "sim/schema.h"

namespace commands {
namespace {

using sim::Json;

/// A variant says what differs from the file; it has no variants and no sweep of its own.
Json variants_node() {
  return {{"type", "object"},
          {"description", "named changes to this file: a point each"},
          {"additionalProperties", {{"$ref", "#/definitions/variant"}}}};
}

Json object_of(const Json& properties, const char* about) {
  return {{"type", "object"},
          {"description", about},
          {"properties", properties},
          {"additionalProperties", false}};
}

Json list_of(const Json& items, const char* about) {
  return {{"type", "array"}, {"description", about}, {"minItems", 1}, {"items", items}};
}

Json one_or_more_sweeps(const char* about) {
  const Json sweep = {{"$ref", "#/definitions/sweep"}};
  return {{"description", about},
          {"anyOf", Json::array({sweep, list_of(sweep, "the product of these")})}};
}

Json range_node() {
  const Json number = {{"type", Json::array({"number", "string"})}};
  Json range = object_of(
      {{"from", number}, {"to", number}, {"step", number}, {"factor", {{"type", "number"}}}},
      "from the first value to the last, by adding the step or multiplying by the factor");
  range["required"] = Json::array({"from", "to"});
  range["oneOf"] =
      Json::array({{{"required", Json::array({"step"})}}, {{"required", Json::array({"factor"})}}});
  return range;
}

/// Every path that a sweep may name: one value of it, and what a sweep says about it.
struct Paths {
  Json values = Json::object();
  Json swept = Json::object();
  Json open = Json::object();  // patterns of paths whose names the file makes up, or numbers

  void add(const std::string& path, const std::string& reference, const Json& parameter) {
    const Json value = {{"$ref", reference}};
    values[path] = value;
    swept[path] = {{"anyOf", Json::array({list_of(value, "the values it takes"),
                                          {{"$ref", "#/definitions/range"}}})}};
    if (parameter.contains("description")) swept[path]["description"] = parameter["description"];
  }

  /// `node` is at `reference` in the schema; what is within it is named after `before`.
  void walk(const Json& node, const std::string& reference, const std::string& before) {
    if (node.contains("anyOf"))  // a record that may be missing
      for (std::size_t i = 0; i < node["anyOf"].size(); ++i)
        walk(node["anyOf"][i], fmt::format("{}/anyOf/{}", reference, i), before);
    if (!node.contains("properties")) return;
    for (const auto& [name, member] : node["properties"].items()) {
      if (name == "$schema" || name == "about") continue;
      const std::string path = before + name;
      const std::string at = fmt::format("{}/properties/{}", reference, name);
      add(path, at, member);
      walk(member, at, path + '.');
      const Json type = member.value("type", Json());
      if (type == "array" || (type == "object" && !member.contains("properties")))
        open["^" + path + "\\."] = Json::object();
    }
  }
};

/// As sweep_grammar.h says it.
Json sweep_node(const Paths& paths) {
  Json point = object_of(paths.values, "a value for each swept path");
  point["patternProperties"] = paths.open;
  Json sweep = object_of(
      paths.swept,
      "every combination of its members: a path, as in workload.arrivals.rate, and the values it "
      "takes, or one of the words");
  sweep["patternProperties"] = paths.open;
  sweep["properties"].update(
      {{"about", {{"type", "string"}}},
       {"zip", one_or_more_sweeps("members that advance together")},
       {"product", one_or_more_sweeps("every combination of the members, as within a zip")},
       {"points", list_of(point, "just these combinations")}});
  return sweep;
}

Json precision_node() {
  Json precision = sim::schema<experiments::PrecisionParams>();
  precision.erase("$schema");
  precision["properties"].erase("$schema");
  precision["description"] =
      "go on after run.replications, half as many again each time, until a value is known well";
  return precision;
}

/// References to the members of the file, so that none is described twice.
Json variant_node(const Json& properties) {
  Json members = Json::object();
  for (const auto& [name, unused] : properties.items()) {
    if (name != "$schema") members[name] = {{"$ref", "#/properties/" + name}};
  }
  return {{"type", "object"}, {"properties", members}, {"additionalProperties", false}};
}

Json experiment_schema() {
  Json schema = sim::schema<experiments::ExperimentParams>();
  schema["title"] = "wavesim experiment";
  schema["properties"]["run"]["properties"]["precision"] = precision_node();
  const Json variant = variant_node(schema["properties"]);
  Paths paths;
  paths.walk(schema, "#", "");
  schema["definitions"] = {
      {"variant", variant}, {"sweep", sweep_node(paths)}, {"range", range_node()}};
  schema["properties"]["variants"] = variants_node();
  schema["properties"]["sweep"] = {
      {"description", "what varies: a path and the values it takes, zips, points, products"},
      {"allOf", Json::array({{{"$ref", "#/definitions/sweep"}}})}};
  return schema;
}

}  // namespace

int schema(const std::string& out) {
  deliver(out, experiment_schema().dump(2) + '\n');
  return kFine;
}

}  // namespace commands
