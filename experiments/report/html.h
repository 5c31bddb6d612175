// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiments/text/markup.h"

namespace report {

/// Whatever is no part of a page's own wording goes through here.
using experiments::escaped;

/// <name>content</name>; `content` is HTML already.
std::string element(const std::string& name, const std::string& content,
                    const std::string& attributes = {});

/// A cell of a table. `content` is HTML already.
struct Cell {
  std::string content;
  std::string style = {};  // a class of the page's style sheet
};
using Line = std::vector<Cell>;

/// Scrolls sideways where the page is too narrow for it.
std::string table(const std::vector<std::string>& heading, const std::vector<Line>& lines);

/// A part of the page that is closed until someone opens it; `text` is shown as it is, escaped.
std::string folded(const std::string& summary, const std::string& text,
                   const std::string& attributes = {});

}  // namespace report
