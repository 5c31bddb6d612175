// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace experiments {

/// Rows of short texts, for a terminal or for Markdown.
class TextTable {
 public:
  using Row = std::vector<std::string>;

  explicit TextTable(Row headings) : rows_{std::move(headings)} {}

  /// As many cells as there are headings.
  void add(Row row) { rows_.push_back(std::move(row)); }

  /// Columns as wide as their widest cell.
  std::string aligned() const;
  std::string markdown() const;

 private:
  std::vector<Row> rows_;
};

}  // namespace experiments
