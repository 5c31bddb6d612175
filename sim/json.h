// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/document.h"
#include "sim/reflect.h"

namespace sim {

/// Names that an object may have besides its parameters, for whoever calls to look at: "kind".
using OtherNames = std::vector<std::string>;

/// Reads over what is in `value` already; not for direct use.
void read_over(const Type& type, void* value, const Place& place, const OtherNames& others);
void write_from(const Type& type, const void* value, Json& out);
std::string text_from(const Type& type, const void* value);

/// Changes in `start` what the file says and leaves the rest. If it throws, `start` is as it was.
template <class T>
void read_into(T& start, const Place& place, const OtherNames& others = {}) {
  T changed = start;
  read_over(type_of<T>(), &changed, place, others);
  start = std::move(changed);
}

/// The file says what differs from the defaults, so a path that is not there leaves all of them.
template <class T>
void read_into(T& start, const Document& document, std::string_view path = {},
               const OtherNames& others = {}) {
  if (const auto place = document.find(path)) read_into(start, *place, others);
}

template <class T>
T read(const Place& place, const OtherNames& others = {}) {
  T value{};
  read_into(value, place, others);
  return value;
}

template <class T>
T read(const Document& document, std::string_view path = {}, const OtherNames& others = {}) {
  T value{};
  read_into(value, document, path, others);
  return value;
}

/// In the order described; `read` gives back the same value. J is a parameter so that this header
/// does without the JSON library.
template <class T, class J = Json>
J write(const T& value) {
  J json;
  write_from(type_of<T>(), &value, json);
  return json;
}

/// The same as text, for files.
template <class T>
std::string write_text(const T& value) {
  return text_from(type_of<T>(), &value);
}

}  // namespace sim
