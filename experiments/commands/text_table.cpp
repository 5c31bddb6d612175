// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/text_table.h"

#include <algorithm>

namespace commands {
namespace {

constexpr std::size_t kGap = 2;

/// Of UTF-8: a continuation byte takes no place.
std::size_t width_of(const std::string& text) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

std::vector<std::size_t> widths_of(const std::vector<Cells>& lines) {
  std::vector<std::size_t> widths;
  for (const Cells& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], width_of(line[i]));
  }
  return widths;
}

std::string line_of(const Cells& cells, const std::vector<std::size_t>& widths, std::size_t left) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string space(widths[i] - width_of(cells[i]), ' ');
    if (i > 0) line.append(kGap, ' ');
    line += i < left ? cells[i] + space : space + cells[i];
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

}  // namespace

std::string aligned(const std::vector<Cells>& lines, std::size_t left) {
  const auto widths = widths_of(lines);
  std::string text;
  for (const Cells& line : lines) text += line_of(line, widths, left);
  return text;
}

}  // namespace commands
