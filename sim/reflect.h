// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sim/argument.h"
#include "sim/check.h"
#include "sim/describe.h"
#include "sim/literal.h"
#include "sim/quantity.h"

namespace sim {

// What `describe` says at compile time, as data: reading, writing, tables, schemas and sensitivity
// studies walk these descriptions and need no templates of their own.

struct Type;

/// A single value: a switch, a number, a text, a choice, a quantity or an argument.
struct Leaf {
  enum class Kind { kFlag, kWhole, kUnsigned, kReal, kText, kChoice, kQuantity, kArgument };

  Kind kind;
  const char* noun;
  const char* example = nullptr;        // of a quantity
  std::vector<std::string> names = {};  // of a choice's values or a quantity's units
  Literal (*get)(const void* value);
  void (*set)(void* value, const Literal& literal);
};

/// Any number of one type: an optional holds none or one, a list and a map as many as wanted.
struct Container {
  enum class Kind { kOptional, kList, kMap };
  using Visit = std::function<void(const std::string& key, const void* element)>;

  Kind kind;
  const Type* element;
  std::shared_ptr<void> (*make_element)();
  void (*clear)(void* container);
  void* (*add)(void* container, const std::string& key);  // only maps have keys
  void (*for_each)(const void* container, const Visit& visit);
};

/// The ends of a range, and whether a value lies between them.
struct Bounds {
  Literal low;
  Literal high;
  std::function<bool(const void* value)> contain;
};

/// One line of a `describe` list.
struct Field {
  const char* name;
  const char* meaning;
  const Type* type;
  std::function<void*(void* record)> in;
  std::optional<Source> source = {};
  std::optional<Bounds> bounds = {};
};

/// A described struct.
struct Record {
  struct NamedPreset {
    std::string name;
    std::function<void(void* record)> apply;
  };

  std::vector<Field> fields;
  std::vector<NamedPreset> presets;
  std::shared_ptr<void> (*make)();
  void (*check)(const void* record);
};

/// A statistic that is written as the described struct that summarises it, and never read.
struct Summary {
  const Type* type;
  std::shared_ptr<void> (*make)(const void* statistic);
};

struct Type {
  std::variant<Leaf, Container, Record, Summary> shape;
};

/// The description of T.
template <class T>
const Type& type_of();

/// Calls `visit` for each leaf in `value`, with its dotted path and the field that it belongs to.
/// Elements of lists and maps count as their field's. Summaries are left out.
using LeafVisit =
    std::function<void(const std::string& path, const Field& field, const Leaf&, void* value)>;
void for_each_leaf(const Type& type, void* value, const LeafVisit& visit);

std::string joined(const std::string& path, std::string_view name);

// ---------------------------------------------------------------------------------------------

namespace detail {

template <class T>
concept Enumerated = std::is_enum_v<T> && requires {
  enum_names(std::type_identity<T>{});
};

template <class T>
concept HasPresets = requires {
  presets(std::type_identity<T>{});
};

template <class T>
concept HasCheck = requires(const T& value) {
  check(value);
};

template <class T>
concept HasSummary = requires(const T& value) {
  described(value);
};

template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

template <class T>
T& as(void* value) {
  return *static_cast<T*>(value);
}

template <class T>
std::shared_ptr<void> make() {
  return std::make_shared<T>();
}

template <Enumerated E>
std::vector<std::string> names_of() {
  std::vector<std::string> names;
  for (const auto& [value, name] : enum_names(std::type_identity<E>{})) names.emplace_back(name);
  return names;
}

template <Enumerated E>
std::string name_of(E wanted) {
  const char* found = nullptr;
  for (const auto& [value, name] : enum_names(std::type_identity<E>{})) {
    if (value == wanted) found = name;
  }
  SIM_CHECK(found != nullptr);  // every value of an enumeration has a name
  return found;
}

template <Enumerated E>
E value_at(std::size_t position) {
  for (const auto& [value, name] : enum_names(std::type_identity<E>{})) {
    if (position-- == 0) return value;
  }
  return {};
}

template <HasUnit T>
std::vector<std::string> names_of() {
  std::vector<std::string> names;
  for (const Unit& unit : Quantity<T>::scale().units) names.emplace_back(unit.name);
  return names;
}

template <class T>
struct LeafOf;

template <>
struct LeafOf<bool> {
  static Literal get(const void* value) { return as<bool>(value); }
  static void set(void* value, const Literal& literal) { as<bool>(value) = flag_in(literal); }
  static Leaf leaf() {
    return {.kind = Leaf::Kind::kFlag, .noun = "true or false", .get = get, .set = set};
  }
};

template <std::integral T>
struct LeafOf<T> {
  using Widest = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
  using Ends = std::numeric_limits<T>;

  static Literal get(const void* value) { return static_cast<Widest>(as<T>(value)); }
  static void set(void* value, const Literal& literal) {
    as<T>(value) = static_cast<T>(whole_number_in(literal, Ends::min(), Ends::max()));
  }
  static Leaf leaf() {
    return {.kind = std::is_signed_v<T> ? Leaf::Kind::kWhole : Leaf::Kind::kUnsigned,
            .noun = "whole number",
            .get = get,
            .set = set};
  }
};

template <>
struct LeafOf<double> {
  static Literal get(const void* value) { return as<double>(value); }
  static void set(void* value, const Literal& literal) { as<double>(value) = number_in(literal); }
  static Leaf leaf() {
    return {.kind = Leaf::Kind::kReal, .noun = "number", .get = get, .set = set};
  }
};

template <>
struct LeafOf<std::string> {
  static Literal get(const void* value) { return as<std::string>(value); }
  static void set(void* value, const Literal& literal) {
    as<std::string>(value) = text_in(literal);
  }
  static Leaf leaf() { return {.kind = Leaf::Kind::kText, .noun = "text", .get = get, .set = set}; }
};

template <>
struct LeafOf<Argument> {
  static Literal get(const void* value) { return as<Argument>(value).text; }
  static void set(void* value, const Literal& literal) {
    as<Argument>(value).text = argument_in(literal);
  }
  static Leaf leaf() {
    return {.kind = Leaf::Kind::kArgument, .noun = "text or number", .get = get, .set = set};
  }
};

template <Enumerated E>
struct LeafOf<E> {
  static Literal get(const void* value) { return name_of(as<E>(value)); }
  static void set(void* value, const Literal& literal) {
    as<E>(value) = value_at<E>(choice_in(literal, names_of<E>()));
  }
  static Leaf leaf() {
    return {.kind = Leaf::Kind::kChoice,
            .noun = "choice",
            .names = names_of<E>(),
            .get = get,
            .set = set};
  }
};

template <HasUnit T>
struct LeafOf<T> {
  static Literal get(const void* value) { return to_text(as<T>(value)); }
  static void set(void* value, const Literal& literal) {
    as<T>(value) = parse<T>(quantity_in(literal, Quantity<T>::scale()));
  }
  static Leaf leaf() {
    const Scale& scale = Quantity<T>::scale();
    return {.kind = Leaf::Kind::kQuantity,
            .noun = scale.noun,
            .example = scale.example,
            .names = names_of<T>(),
            .get = get,
            .set = set};
  }
};

template <class T>
struct ContainerOf;

template <class T>
struct ContainerOf<std::optional<T>> {
  using Element = T;
  static constexpr auto kKind = Container::Kind::kOptional;

  static void clear(void* value) { as<std::optional<T>>(value).reset(); }
  static void* add(void* value, const std::string&) {
    auto& held = as<std::optional<T>>(value);
    return held ? &*held : &held.emplace();
  }
  static void for_each(const void* value, const Container::Visit& visit) {
    if (const auto& held = as<std::optional<T>>(value)) visit({}, &*held);
  }
};

template <class T>
struct ContainerOf<std::vector<T>> {
  using Element = T;
  static constexpr auto kKind = Container::Kind::kList;

  static void clear(void* value) { as<std::vector<T>>(value).clear(); }
  static void* add(void* value, const std::string&) {
    return &as<std::vector<T>>(value).emplace_back();
  }
  static void for_each(const void* value, const Container::Visit& visit) {
    std::size_t index = 0;
    for (const T& element : as<std::vector<T>>(value)) visit(std::to_string(index++), &element);
  }
};

template <class T>
struct ContainerOf<std::map<std::string, T>> {
  using Element = T;
  static constexpr auto kKind = Container::Kind::kMap;

  static void clear(void* value) { as<std::map<std::string, T>>(value).clear(); }
  static void* add(void* value, const std::string& key) {
    return &as<std::map<std::string, T>>(value)[key];
  }
  static void for_each(const void* value, const Container::Visit& visit) {
    for (const auto& [key, element] : as<std::map<std::string, T>>(value)) visit(key, &element);
  }
};

template <class T>
concept IsLeaf = requires {
  LeafOf<T>::leaf();
};

template <class T>
concept IsContainer = requires {
  typename ContainerOf<T>::Element;
};

/// What a range of a T bounds: the elements, if T holds any.
template <class T>
struct Bounded {
  using type = T;
};

template <IsContainer T>
struct Bounded<T> : Bounded<typename ContainerOf<T>::Element> {};

template <class T>
void check_rules(const void* record) {
  if constexpr (HasCheck<T>) check(as<T>(record));
}

/// A range is written in what is handy (`Range{90ns, 180ns}`) and kept in the member's own type.
template <class T, class End>
Bounds bounds_of(const Range<End>& range) {
  const T low = static_cast<T>(range.low);
  const T high = static_cast<T>(range.high);
  return {.low = LeafOf<T>::get(&low),
          .high = LeafOf<T>::get(&high),
          .contain = [low, high](const void* v) { return low <= as<T>(v) && as<T>(v) <= high; }};
}

template <class T>
void note(Field& field, const Source& source) {
  field.source = source;
}

template <class T, class End>
void note(Field& field, const Range<End>& range) {
  field.bounds = bounds_of<typename Bounded<T>::type>(range);
}

template <Described T>
Record record_of() {
  Record record{.fields = {}, .presets = {}, .make = make<T>, .check = check_rules<T>};
  T::describe([&](auto member, const char* name, const char* meaning, const auto&... notes) {
    using Member = std::remove_reference_t<decltype(std::declval<T&>().*member)>;
    Field field{.name = name,
                .meaning = meaning,
                .type = &type_of<Member>(),
                .in = [member](void* owner) -> void* { return &(as<T>(owner).*member); }};
    (note<Member>(field, notes), ...);
    record.fields.push_back(std::move(field));
  });
  if constexpr (HasPresets<T>) {
    for (const auto& preset : presets(std::type_identity<T>{})) {
      const auto apply = [values = preset.make](void* owner) { as<T>(owner) = values(); };
      record.presets.push_back({preset.name, apply});
    }
  }
  return record;
}

template <class T>
Container container_of() {
  using Of = ContainerOf<T>;
  return {.kind = Of::kKind,
          .element = &type_of<typename Of::Element>(),
          .make_element = make<typename Of::Element>,
          .clear = Of::clear,
          .add = Of::add,
          .for_each = Of::for_each};
}

template <class T>
Summary summary_of() {
  using Report = std::remove_cvref_t<decltype(described(std::declval<const T&>()))>;
  return {.type = &type_of<Report>(), .make = [](const void* value) -> std::shared_ptr<void> {
            return std::make_shared<Report>(described(as<T>(value)));
          }};
}

template <class T>
Type make_type() {
  if constexpr (IsLeaf<T>)
    return {LeafOf<T>::leaf()};
  else if constexpr (IsContainer<T>)
    return {container_of<T>()};
  else if constexpr (Described<T>)
    return {record_of<T>()};
  else {
    static_assert(HasSummary<T>, "describe the type, or name its values with enum_names");
    return {summary_of<T>()};
  }
}

}  // namespace detail

template <class T>
const Type& type_of() {
  static const Type type = detail::make_type<T>();
  return type;
}

}  // namespace sim
