// SPDX-License-Identifier: Apache-2.0
#include "sim/document.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sim/wording.h"

namespace sim {
namespace {

bool begins_with(const Path& path, const Path& start) {
  return start.size() <= path.size() && std::equal(start.begin(), start.end(), path.begin());
}

[[noreturn]] void refuse_file(const std::string& file, const std::string& why,
                              const std::string& remedy) {
  throw ConfigError(Where{.file = file, .path = {}}, why, remedy);
}

constexpr std::size_t kBlock = 64 << 10;

std::string read_file(const std::string& file) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text;
  // One byte more than allowed tells a file that is too large from one that just fits.
  while (stream && text.size() <= kLargestText) {
    const std::size_t so_far = text.size();
    text.resize(std::min(so_far + kBlock, kLargestText + 1));
    stream.read(&text[so_far], static_cast<std::streamsize>(text.size() - so_far));
    text.resize(so_far + static_cast<std::size_t>(stream.gcount()));
  }
  if (!stream.is_open() || stream.bad()) {
    refuse_file(file, std::string("cannot be read: ") + std::strerror(errno), "check the name");
  }
  return text;
}

std::optional<std::size_t> list_position(const std::string& step) {
  std::size_t position = 0;
  const auto result = std::from_chars(step.data(), step.data() + step.size(), position);
  const bool all = result.ec == std::errc{} && result.ptr == step.data() + step.size();
  return all ? std::optional(position) : std::nullopt;
}

const Json* find_member(const Json& json, const std::string& step) {
  if (json.is_object()) {
    const auto found = json.find(step);
    return found == json.end() ? nullptr : &*found;
  }
  const auto position = json.is_array() ? list_position(step) : std::nullopt;
  return position && *position < json.size() ? &json[*position] : nullptr;
}

Json& list_member(Json& list, const Path& path, const std::string& step,
                  const std::string& origin) {
  const auto position = list_position(step);
  if (!position || *position > list.size()) {
    throw ConfigError(Where{.file = origin, .path = dotted(path)},
                      "no such position: " + in_quotes(step),
                      "use 0 to " + std::to_string(list.size()));
  }
  if (*position == list.size()) list.push_back(nullptr);
  return list[*position];
}

/// The member to be set, made if need be.
Json& member_to_set(Json& json, const Path& path, const std::string& step,
                    const std::string& origin) {
  if (json.is_null()) json = Json::object();
  if (json.is_object()) return json[step];
  if (json.is_array()) return list_member(json, path, step, origin);
  throw ConfigError(Where{.file = origin, .path = dotted(path)}, "a single value has no members",
                    "set " + dotted(path) + " itself");
}

Json override_value(const std::string& text, const std::string& origin) {
  if (text.size() > kLargestText) refuse_file(origin, "too long", "put it in the file");
  Json value;
  try {
    parse_strictly(text, {}, value);
  } catch (const ConfigError&) {
    value = text;
  }
  return value;
}

/// JSON is UTF-8; the command line need not be.
void refuse_broken_text(const std::string& text, const std::string& origin) {
  try {
    (void)Json(text).dump();
  } catch (const Json::type_error&) {
    refuse_file(origin, "not valid UTF-8", "use plain letters");
  }
}

}  // namespace

Path split(std::string_view dotted) {
  if (dotted.empty()) return {};
  Path path;
  for (auto dot = dotted.find('.'); dot != dotted.npos; dot = dotted.find('.')) {
    path.emplace_back(dotted.substr(0, dot));
    dotted.remove_prefix(dot + 1);
  }
  path.emplace_back(dotted);
  return path;
}

std::string dotted(const Path& path) {
  std::string text;
  for (const std::string& step : path) text += (text.empty() ? "" : ".") + repeated(step);
  return text;
}

Document::Document(std::string text, std::string file, std::shared_ptr<const Json> json)
    : file_(std::move(file)),
      text_(std::make_shared<const std::string>(std::move(text))),
      json_(std::move(json)) {}

Document Document::parse(std::string text, std::string file) {
  auto json = std::make_shared<Json>();
  parse_strictly(text, file, *json);
  return {std::move(text), std::move(file), std::move(json)};
}

Document Document::load(const std::string& file) {
  return parse(read_file(file), file);
}

void Document::set(const Path& path, const Json& value, const std::string& origin) {
  if (path.size() > kDeepest) {
    refuse_file(origin, "more than " + std::to_string(kDeepest) + " levels deep",
                "shorten the path");
  }
  auto changed = std::make_shared<Json>(*json_);
  Json* at = changed.get();
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    const Path above(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth));
    at = &member_to_set(*at, above, path[depth], origin);
  }
  *at = value;
  json_ = std::move(changed);
  overrides_.push_back({path, origin});
}

Place Document::root() const {
  return {*this, {}, *json_};
}

std::optional<Place> Document::find(std::string_view path) const {
  std::optional<Place> place = root();
  for (const std::string& step : split(path)) {
    if (place) place = place->find(step);
  }
  return place;
}

Where Document::where(const Path& path, bool name) const {
  Where where{.file = file_, .path = dotted(path)};
  for (const Override& change : overrides_) {
    if (begins_with(path, change.path)) where.file = change.origin;
  }
  if (where.file != file_) return where;

  const Found found = find_in_text(*text_, path);
  if (found.depth < path.size()) {
    // An override made it, on the way to what it set.
    for (const Override& change : overrides_) {
      if (begins_with(change.path, path)) return {.file = change.origin, .path = dotted(path)};
    }
  }
  const Position& at = name ? found.name : found.value;
  return {.file = file_, .line = at.line, .column = at.column, .path = dotted(path)};
}

void apply_override(Document& document, std::string_view assignment) {
  const std::string origin = "--set " + repeated(assignment);
  const auto equals = std::min(assignment.find('='), assignment.size());
  const Path path = split(assignment.substr(0, equals));
  if (path.empty() || std::ranges::any_of(path, &std::string::empty)) {
    refuse_file(origin, "has an empty name before its value",
                "write path=value, and one dot between the names of a path");
  }
  if (equals == assignment.size()) {
    refuse_file(origin, "is not an assignment", "write " + dotted(path) + "=VALUE");
  }
  refuse_broken_text(std::string(assignment), origin);
  document.set(path, override_value(std::string(assignment.substr(equals + 1)), origin), origin);
}

std::optional<Place> Place::find(const std::string& step) const {
  const Json* found = find_member(*json_, step);
  return found == nullptr ? std::nullopt : std::optional(member(step, *found));
}

Place Place::member(const std::string& step, const Json& json) const {
  Path path = path_;
  path.push_back(step);
  return {*document_, std::move(path), json};
}

Place Place::at(const std::string& step) const {
  if (auto place = find(step)) return *place;
  throw error(in_quotes(step) + " is missing", "write it here");
}

ConfigError Place::error(const std::string& wrong, const std::string& remedy) const {
  return {document_->where(path_), wrong, remedy};
}

ConfigError Place::error_at_name(const std::string& member, const std::string& wrong,
                                 const std::string& remedy) const {
  Path path = path_;
  path.push_back(member);
  Where where = document_->where(path, true);
  where.path = dotted(path_);
  return {where, wrong, remedy};
}

ConfigError Place::locate(const ConfigError& error) const {
  if (!error.where().file.empty()) return error;
  Path path = path_;
  for (std::string& step : split(error.where().path)) path.push_back(std::move(step));
  return {document_->where(path), error.wrong(), error.remedy()};
}

}  // namespace sim
