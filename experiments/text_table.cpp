// SPDX-License-Identifier: Apache-2.0
#include "experiments/text_table.h"

#include <algorithm>
#include <fmt/format.h>

namespace experiments {
namespace {

std::string line_of(const TextTable::Row& row, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i + 1 < row.size(); ++i)
    line += fmt::format("{:<{}}  ", row[i], widths[i]);
  return line + row.back() + '\n';
}

std::string markdown_of(const TextTable::Row& row) {
  std::string line;
  for (const std::string& cell : row) line += "| " + cell + ' ';
  return line + "|\n";
}

}  // namespace

std::string TextTable::aligned() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const Row& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const Row& row : rows_) text += line_of(row, widths);
  return text;
}

std::string TextTable::markdown() const {
  const Row rule(rows_.front().size(), "---");
  std::string text = markdown_of(rows_.front()) + markdown_of(rule);
  for (std::size_t i = 1; i < rows_.size(); ++i) text += markdown_of(rows_[i]);
  return text;
}

}  // namespace experiments
