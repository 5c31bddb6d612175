// SPDX-License-Identifier: Apache-2.0
#include "experiments/text/text_table.h"

#include <algorithm>

namespace experiments {
namespace {

constexpr std::size_t kGap = 2;

/// Of UTF-8: a continuation byte takes no place.
std::size_t width_of(const std::string& text) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

std::vector<std::size_t> widths_of(const std::vector<TextTable::Row>& rows) {
  std::vector<std::size_t> widths;
  for (const TextTable::Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  return widths;
}

std::string line_of(const TextTable::Row& row, const std::vector<std::size_t>& widths,
                    std::size_t left) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string space(widths[i] - width_of(row[i]), ' ');
    if (i > 0) line.append(kGap, ' ');
    line += i < left ? row[i] + space : space + row[i];
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

std::string markdown_of(const TextTable::Row& row) {
  std::string line;
  for (const std::string& cell : row) line += "| " + cell + ' ';
  return line + "|\n";
}

}  // namespace

std::string TextTable::aligned(std::size_t left) const {
  const auto widths = widths_of(rows_);
  std::string text;
  for (const Row& row : rows_) text += line_of(row, widths, left);
  return text;
}

std::string TextTable::markdown() const {
  const Row rule(rows_.front().size(), "---");
  std::string text = markdown_of(rows_.front()) + markdown_of(rule);
  for (std::size_t i = 1; i < rows_.size(); ++i) text += markdown_of(rows_[i]);
  return text;
}

}  // namespace experiments
