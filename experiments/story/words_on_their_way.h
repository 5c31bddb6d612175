// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "models/core/core.h"

namespace story {

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

/// Who tells whom something through memory, found from the bytes: a core that loads a word and gets
/// the value that another core has stored there last has heard of it, the first time. Nobody has to
/// say so, and a copy that is stale tells nothing.
///
/// Of a store only the last word counts: entries are written flag last.
template <class Teller>
class WordsOnTheirWay {
 public:
  struct Told {
    Teller teller;  // what was kept of the store
    const core::Core* by;
    std::uint64_t value;
    bool heard;
  };

  /// Keeps `teller` as what is known of a store that `by` has made.
  void stored(const core::Core& by, const core::Step& step, Teller teller) {
    if (step.bytes.size() < kWordBytes) return;
    words_.insert_or_assign(place_of_last(step), Told{teller, &by, last_word(step.bytes), false});
  }

  /// What the word that `by` has loaded says to it; nothing if that is no news.
  std::optional<Told> loaded(const core::Core& by, const core::Step& step) {
    if (step.bytes.size() != kWordBytes) return std::nullopt;
    const auto found = words_.find(place_of_last(step));
    if (found == words_.end()) return std::nullopt;
    Told& told = found->second;
    if (told.heard || told.by == &by || told.value != last_word(step.bytes)) return std::nullopt;
    told.heard = true;
    return told;
  }

  static std::uint64_t last_word(std::span<const std::byte> bytes) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + bytes.size() - kWordBytes, kWordBytes);
    return word;
  }
  static std::int64_t last_offset(const core::Step& step) {
    return step.offset + static_cast<std::int64_t>(step.bytes.size() - kWordBytes);
  }

 private:
  using Place = std::pair<const memory::Region*, std::int64_t>;

  static Place place_of_last(const core::Step& step) {
    return {&step.mapping->region(), last_offset(step)};
  }

  std::map<Place, Told> words_;  // looked up, never gone through
};

}  // namespace story
