// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace experiments {

/// Says something on standard error. If that is closed or full nothing is said: no result depends
/// on it, and fmt::print would throw.
template <class... Arguments>
void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  const std::string text = fmt::format(format, std::forward<Arguments>(arguments)...);
  std::fputs(text.c_str(), stderr);
}

}  // namespace experiments
