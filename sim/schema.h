// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/reflect.h"
#include "sim/strict_json.h"

namespace sim {

/// A JSON Schema (draft 7) of what `read` accepts, with meanings, sources and defaults, so that an
/// editor can complete and explain an experiment.
///
/// Not expressed: ranges, which bound sweeps and not files, and limits of integers.
void schema_of(const Type& type, const void* defaults, Json& out);

template <class T, class J = Json>
J schema(const T& defaults = T{}) {
  J json;
  schema_of(type_of<T>(), &defaults, json);
  return json;
}

}  // namespace sim
