// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/listing.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/measure/experiment.h"
#include "sim/config_error.h"
#include "sim/table.h"
#include "sim/wording.h"

namespace commands {
namespace {

bool is_below(const std::string& path, const std::string& prefix) {
  if (!path.starts_with(prefix)) return false;
  return prefix.empty() || path.size() == prefix.size() || path[prefix.size()] == '.' ||
         path[prefix.size()] == '[';
}

/// Every path and what it lies in.
std::vector<std::string> prefixes_of(const sim::Rows& rows) {
  std::set<std::string> all;
  for (const sim::Row& row : rows) {
    for (auto dot = row.path.find('.'); dot != std::string::npos; dot = row.path.find('.', dot + 1))
      all.insert(row.path.substr(0, dot));
    all.insert(row.path);
  }
  return {all.begin(), all.end()};
}

/// Or else everything in the answer to a slip.
std::vector<std::string> first_steps_of(const sim::Rows& rows) {
  std::set<std::string> all;
  for (const sim::Row& row : rows) all.insert(row.path.substr(0, row.path.find('.')));
  return {all.begin(), all.end()};
}

std::string remedy_for(const std::string& prefix, const sim::Rows& rows) {
  const std::string near = sim::suggestion(prefix, prefixes_of(rows));
  return near.starts_with("did") ? near : "try " + sim::one_of(first_steps_of(rows));
}

sim::Rows below(const std::string& prefix, const sim::Rows& rows, const char* what) {
  sim::Rows chosen;
  std::ranges::copy_if(rows, std::back_inserter(chosen),
                       [&](const sim::Row& row) { return is_below(row.path, prefix); });
  if (chosen.empty())
    throw sim::ConfigError(prefix, std::string("no such ") + what, remedy_for(prefix, rows));
  return chosen;
}

std::string parameters_in(Form form, const sim::Rows& rows) {
  if (form == Form::kMarkdown) return sim::parameters_as_markdown(rows);
  return form == Form::kJson ? sim::rows_as_json(rows) : sim::parameters_as_text(rows);
}

std::string statistics_in(Form form, const sim::Rows& rows) {
  if (form == Form::kMarkdown) return sim::statistics_as_markdown(rows);
  return form == Form::kJson ? sim::rows_as_json(rows) : sim::statistics_as_text(rows);
}

/// The rows of a part that results may have.
void add_below(const std::string& part, sim::Rows rows, sim::Rows& all) {
  for (sim::Row& row : rows) {
    row.path = part + '.' + row.path;
    all.push_back(std::move(row));
  }
}

}  // namespace

int params(const ListingOptions& o) {
  const sim::Rows all = sim::table<experiments::ExperimentParams>();
  deliver(o.out, parameters_in(o.form, below(o.prefix, all, "parameter")));
  return kFine;
}

int stats(const ListingOptions& o) {
  sim::Rows all = sim::table<experiments::ServerStats>();
  add_below("rpc", sim::table<experiments::RpcStats>(), all);
  add_below("memory", sim::table<experiments::TieredStats>(), all);
  deliver(o.out, statistics_in(o.form, below(o.prefix, all, "statistic")));
  return kFine;
}

}  // namespace commands
