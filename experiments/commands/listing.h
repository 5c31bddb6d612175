// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace commands {

enum class Form { kText, kMarkdown, kJson };

struct ListingOptions {
  std::string prefix;  // dotted; empty: everything
  Form form = Form::kText;
  std::string out;
};

/// Every parameter of an experiment: default, unit, range, tag, source and meaning.
int params(const ListingOptions& options);

/// Every statistic that a run counts.
int stats(const ListingOptions& options);

}  // namespace commands
