// SPDX-License-Identifier: Apache-2.0
#include "sim/table.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/json.h"
#include "sim/json_values.h"

namespace sim {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kIndent = 4;
constexpr std::size_t kNarrowest = 24;

std::string type_name(const Type& type) {
  if (const auto* leaf = std::get_if<Leaf>(&type.shape)) {
    if (leaf->kind != Leaf::Kind::kChoice) return leaf->noun;
    std::string names;
    for (const std::string& name : leaf->names) names += (names.empty() ? "" : "|") + name;
    return names;
  }
  if (std::holds_alternative<Summary>(type.shape)) return "summary";
  const auto* container = std::get_if<Container>(&type.shape);
  if (container == nullptr) return "object";
  const std::string element = type_name(*container->element);
  if (container->kind == Container::Kind::kOptional) return element + " or null";
  return (container->kind == Container::Kind::kList ? "list of " : "map of ") + element;
}

std::string value_text(const Type& type, const void* value) {
  Json json;
  write_from(type, value, json);
  return bare_text(json);
}

Row row_of(const std::string& path, const Field& field, const void* value) {
  Row row{.path = path, .type = type_name(*field.type), .meaning = field.meaning};
  row.fallback = value_text(*field.type, value);
  if (field.bounds)
    row.range = plain_text(field.bounds->low) + " .. " + plain_text(field.bounds->high);
  if (field.source) {
    row.tag = static_cast<char>(field.source->tag);
    row.source = field.source->text;
  }
  return row;
}

void add_rows(const std::string& path, const Record& record, const void* value, Rows& rows);

/// A nested record has rows of its own, also inside a container, where they show the defaults of a
/// new element.
void add_field(const std::string& path, const Field& field, const void* value, Rows& rows) {
  const Type* type = field.type;
  std::string inside = path;
  std::shared_ptr<void> element;
  if (const auto* summary = std::get_if<Summary>(&type->shape)) {
    element = summary->make(value);
    type = summary->type;
  }
  while (const auto* container = std::get_if<Container>(&type->shape)) {
    if (container->kind == Container::Kind::kList) inside += "[]";
    if (container->kind == Container::Kind::kMap) inside += ".*";
    element = container->make_element();
    type = container->element;
  }
  const auto* record = std::get_if<Record>(&type->shape);
  if (record == nullptr)
    rows.push_back(row_of(path, field, value));
  else
    add_rows(inside, *record, element ? element.get() : value, rows);
}

void add_rows(const std::string& path, const Record& record, const void* value, Rows& rows) {
  for (const Field& field : record.fields) {
    // Only read from: `in` serves reading and writing alike.
    add_field(joined(path, field.name), field, field.in(const_cast<void*>(value)), rows);
  }
}

using Cells = std::vector<std::string>;

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

std::vector<std::size_t> widths_of(const std::vector<Cells>& lines) {
  std::vector<std::size_t> widths;
  for (const Cells& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  return widths;
}

std::string aligned(const Cells& line, const std::vector<std::size_t>& widths) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) text += padded(line[i], widths[i] + kGap);
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

/// Breaks `text` between words; every line but the first begins with `indent` spaces.
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    const bool first = column == indent;
    if (!first && column + 1 + (end - at) > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += text.substr(at, end - at);
    column += end - at;
    at = end + 1;
  }
  return out;
}

std::string escaped(const std::string& cell) {
  std::string text;
  for (const char c : cell) text += c == '|' ? "\\|" : std::string(1, c);
  return text;
}

std::string markdown_line(const Cells& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += ' ' + escaped(cell) + " |";
  return line + '\n';
}

std::string markdown(const Cells& heading, const std::vector<Cells>& lines) {
  std::string text = markdown_line(heading) + "|";
  for (std::size_t i = 0; i < heading.size(); ++i) text += " --- |";
  text += '\n';
  for (const Cells& line : lines) text += markdown_line(line);
  return text;
}

}  // namespace

Rows table_of(const Type& type, const void* record) {
  Rows rows;
  add_rows({}, std::get<Record>(type.shape), record, rows);
  return rows;
}

std::string parameters_as_text(const Rows& rows, std::size_t width) {
  std::vector<Cells> lines{{"name", "type", "default", "range", "tag"}};
  for (const Row& row : rows) {
    lines.push_back({row.path, row.type, row.fallback, row.range, row.tag});
  }
  const auto widths = widths_of(lines);
  const std::string indent(kIndent, ' ');
  std::string text = aligned(lines[0], widths) + '\n';
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += aligned(lines[i + 1], widths) + '\n';
    text += indent + wrapped(rows[i].meaning, width, kIndent) + '\n';
    if (rows[i].source.empty()) continue;
    text += indent + wrapped("source: " + rows[i].source, width, kIndent) + '\n';
  }
  return text;
}

std::string statistics_as_text(const Rows& rows, std::size_t width) {
  std::vector<Cells> lines{{"name", "unit"}};
  for (const Row& row : rows) lines.push_back({row.path, row.type});
  const auto widths = widths_of(lines);
  const std::size_t column = widths[0] + widths[1] + 2 * kGap;
  const std::size_t right = std::max(width, column + kNarrowest);

  std::string text = padded(aligned(lines[0], widths), column) + "meaning\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += padded(aligned(lines[i + 1], widths), column) + wrapped(rows[i].meaning, right, column);
    text += '\n';
  }
  return text;
}

std::string parameters_as_markdown(const Rows& rows) {
  std::vector<Cells> lines;
  for (const Row& row : rows) {
    lines.push_back({'`' + row.path + '`', row.type, row.fallback, row.range, row.tag, row.meaning,
                     row.source});
  }
  return markdown({"name", "type", "default", "range", "tag", "meaning", "source"}, lines);
}

std::string statistics_as_markdown(const Rows& rows) {
  std::vector<Cells> lines;
  for (const Row& row : rows) lines.push_back({'`' + row.path + '`', row.type, row.meaning});
  return markdown({"name", "unit", "meaning"}, lines);
}

void rows_to_json(const Rows& rows, Json& out) {
  out = Json::array();
  for (const Row& row : rows) {
    Json entry = {{"path", row.path}, {"type", row.type}, {"default", row.fallback}};
    if (!row.range.empty()) entry["range"] = row.range;
    if (!row.tag.empty()) entry["tag"] = row.tag;
    if (!row.source.empty()) entry["source"] = row.source;
    entry["meaning"] = row.meaning;
    out.push_back(std::move(entry));
  }
}

std::string rows_as_json(const Rows& rows) {
  Json json;
  rows_to_json(rows, json);
  return json.dump(2) + '\n';
}

}  // namespace sim
