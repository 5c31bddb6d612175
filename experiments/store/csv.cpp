// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/csv.h"

#include <nlohmann/json.hpp>

#include "experiments/text/different.h"
#include "sim/json_values.h"

namespace store {
namespace {

using sim::Json;
using Documents = std::vector<Json>;
using Cells = std::vector<std::string>;

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string line_of(const Cells& cells) {
  std::string line;
  for (const std::string& cell : cells) line += quoted(cell) + ',';
  line.back() = '\n';
  return line;
}

void append(Cells& cells, const Cells& more) {
  cells.insert(cells.end(), more.begin(), more.end());
}

std::string text_of(const Json& value) {
  return value.is_null() ? std::string() : sim::bare_text(value);
}

std::string member_of(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found == object.end() ? std::string() : text_of(*found);
}

/// The names that any document has in its member `of`, in the order of their first appearance.
Cells names(const Documents& documents, const char* of) {
  Cells names;
  for (const Json& document : documents)
    for (const auto& [name, unused] : document.at(of).items()) experiments::add_once(names, name);
  return names;
}

Cells label_names(const Cells& paths) {
  Cells names{"key", "variant"};
  append(names, paths);
  append(names, {"unstable", "ended_by"});
  return names;
}

Cells labels_of(const Json& document, const Cells& paths) {
  Cells labels{text_of(document.at("key")), text_of(document.at("variant"))};
  for (const std::string& path : paths) labels.push_back(member_of(document.at("swept"), path));
  labels.emplace_back(document.at("unstable").get<bool>() ? "1" : "0");
  labels.push_back(member_of(document, "ended_by"));
  return labels;
}

Cells estimate_of(const Json& estimate) {
  return {member_of(estimate, "mean"), member_of(estimate, "half_width"), member_of(estimate, "n")};
}

}  // namespace

std::string long_csv(const Documents& documents) {
  const Cells paths = names(documents, "swept");
  Cells heading = label_names(paths);
  append(heading, {"value", "mean", "half_width", "n"});
  std::string text = line_of(heading);
  for (const Json& document : documents)
    for (const auto& [name, estimate] : document.at("values").items()) {
      Cells row = labels_of(document, paths);
      row.push_back(name);
      append(row, estimate_of(estimate));
      text += line_of(row);
    }
  return text;
}

std::string wide_csv(const Documents& documents) {
  const Cells paths = names(documents, "swept");
  const Cells values = names(documents, "values");
  Cells heading = label_names(paths);
  for (const std::string& value : values)
    append(heading, {value, value + "_half_width", value + "_n"});
  std::string text = line_of(heading);
  for (const Json& document : documents) {
    Cells row = labels_of(document, paths);
    const Json& found = document.at("values");
    for (const std::string& value : values)
      append(row, estimate_of(found.contains(value) ? found.at(value) : Json::object()));
    text += line_of(row);
  }
  return text;
}

}  // namespace store
