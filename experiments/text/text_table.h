// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace experiments {

/// Rows of short texts, for a terminal or for Markdown. A row may be shorter than the headings.
class TextTable {
 public:
  using Row = std::vector<std::string>;

  explicit TextTable(Row headings) : rows_{std::move(headings)} {}

  void add(Row row) { rows_.push_back(std::move(row)); }

  /// Columns as wide as their widest cell, two spaces apart: the first `left` of them aligned left,
  /// the others right.
  std::string aligned(std::size_t left = std::numeric_limits<std::size_t>::max()) const;
  std::string markdown() const;

 private:
  std::vector<Row> rows_;
};

}  // namespace experiments
