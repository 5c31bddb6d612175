// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config_error.h"
#include "sim/strict_json.h"

namespace sim {

class Place;

/// A JSON file and what the command line changed in it. Cheap to copy, so that every point of a
/// sweep has its own.
class Document {
 public:
  /// Strict; see strict_json.h for the limits. `file` is for errors.
  static Document parse(std::string text, std::string file);
  static Document load(const std::string& file);

  const Json& json() const { return *json_; }
  const std::string& file() const { return file_; }

  /// Sets what is at `path`, making the objects on the way and appending to a list at its end.
  /// Errors about that value will name `origin` instead of a line. Places of before are void.
  void set(const Path& path, const Json& value, const std::string& origin);

  /// The whole document. It must outlive its places.
  Place root() const;
  /// What is at a dotted path, if anything is.
  std::optional<Place> find(std::string_view path) const;

  /// Where the value, or the name before it, was written.
  Where where(const Path& path, bool name = false) const;

 private:
  struct Override {
    Path path;
    std::string origin;
  };

  Document(std::string text, std::string file, std::shared_ptr<const Json> json);

  std::string file_;
  std::shared_ptr<const std::string> text_;
  std::shared_ptr<const Json> json_;
  std::vector<Override> overrides_;
};

/// `--set machine.link.flight=150ns`. The value is JSON if it reads as such, or else a text.
void apply_override(Document& document, std::string_view assignment);

/// A value in a document, together with where it stands.
class Place {
 public:
  Place(const Document& document, Path path, const Json& json)
      : document_(&document), path_(std::move(path)), json_(&json) {}

  const Document& document() const { return *document_; }
  const Path& path() const { return path_; }
  const Json& json() const { return *json_; }

  /// The member of an object or of a list, if there is one.
  std::optional<Place> find(const std::string& step) const;
  /// Or else a ConfigError that asks for it.
  Place at(const std::string& step) const;

  /// The member `json`, for who has it already.
  Place member(const std::string& step, const Json& json) const;

  /// An error about this value, or about the name of its member.
  ConfigError error(const std::string& wrong, const std::string& remedy) const;
  ConfigError error_at_name(const std::string& member, const std::string& wrong,
                            const std::string& remedy) const;
  /// Gives an error whose path starts here its place in the file.
  ConfigError locate(const ConfigError& error) const;

 private:
  const Document* document_;
  Path path_;
  const Json* json_;
};

Path split(std::string_view dotted);
/// For errors.
std::string dotted(const Path& path);

}  // namespace sim
