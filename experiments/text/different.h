// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace experiments {

/// Adds a text behind the others, unless it is among them.
inline void add_once(std::vector<std::string>& texts, const std::string& text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
}

/// Different texts in the order in which `of` first gives them: a function, or a member.
template <class Things, class Of>
std::vector<std::string> different(const Things& things, Of of) {
  std::vector<std::string> texts;
  for (const auto& thing : things) add_once(texts, std::invoke(of, thing));
  return texts;
}

}  // namespace experiments
