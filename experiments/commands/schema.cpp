// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/schema.h"

#include <nlohmann/json.hpp>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/experiment.h"
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

Json sweep_node() {
  return {{"type", "object"},
          {"description", "a path, as in workload.arrivals.rate, and the values it takes"},
          {"additionalProperties", {{"type", "array"}, {"minItems", 1}}}};
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
  const Json variant = variant_node(schema["properties"]);
  schema["definitions"] = {{"variant", variant}};
  schema["properties"]["variants"] = variants_node();
  schema["properties"]["sweep"] = sweep_node();
  return schema;
}

}  // namespace

int schema(const std::string& out) {
  deliver(out, experiment_schema().dump(2) + '\n');
  return kFine;
}

}  // namespace commands
