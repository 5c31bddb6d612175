// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/check.h"
#include "sim/describe.h"
#include "sim/quantity.h"

namespace fabric {

/// What two programs of one build tell each other: described structs as a row of numbers, read in
/// the order in which they were written.
class Words {
 public:
  Words() = default;
  explicit Words(std::vector<std::int64_t> words) : words_(std::move(words)) {}

  template <class T>
  void put(const T& value);
  template <class T>
  T get();

  const std::vector<std::int64_t>& all() const { return words_; }

 private:
  template <class T>
  static constexpr bool kIsList = requires(T list) {
    list.push_back(list[0]);
  };

  std::vector<std::int64_t> words_;
  std::size_t next_ = 0;
};

template <class T>
void Words::put(const T& value) {
  if constexpr (sim::Described<T>) {
    T::describe([&](auto member, auto&&...) { put(value.*member); });
  } else if constexpr (kIsList<T>) {
    put(value.size());
    for (const auto& element : value) put(element);
  } else if constexpr (sim::HasUnit<T>) {
    words_.push_back(sim::Quantity<T>::count(value));
  } else if constexpr (std::same_as<T, double>) {
    words_.push_back(std::bit_cast<std::int64_t>(value));
  } else {
    words_.push_back(static_cast<std::int64_t>(value));
  }
}

template <class T>
T Words::get() {
  T value{};
  if constexpr (sim::Described<T>) {
    T::describe([&](auto member, auto&&...) {
      value.*member = get<std::remove_reference_t<decltype(value.*member)>>();
    });
  } else if constexpr (kIsList<T>) {
    for (auto left = get<std::size_t>(); left > 0; --left)
      value.push_back(get<typename T::value_type>());
  } else {
    SIM_CHECK(next_ < words_.size());
    const std::int64_t word = words_[next_++];
    if constexpr (sim::HasUnit<T>)
      value = sim::Quantity<T>::of(word);
    else if constexpr (std::same_as<T, double>)
      value = std::bit_cast<double>(word);
    else
      value = static_cast<T>(word);
  }
  return value;
}

}  // namespace fabric
