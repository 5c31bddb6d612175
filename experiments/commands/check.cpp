// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/check.h"

#include <fmt/format.h>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/commands/results_table.h"

namespace commands {
namespace {

using Points = std::vector<experiments::Point>;

std::string resolved(const Points& points) {
  std::string lines;
  for (const experiments::Point& point : points) lines += point.resolved + '\n';
  return lines;
}

std::string run_list(const Points& points) {
  std::string list;
  long runs = 0;
  for (const experiments::Point& point : points) {
    const int replications = point.params.run.replications;
    list += fmt::format("{}  x{}  {}\n", point.key, replications, name_of(point));
    runs += replications;
  }
  const char* plural = points.size() == 1 ? "" : "s";
  return list + fmt::format("{} point{}, {} runs in all\n", points.size(), plural, runs);
}

}  // namespace

int check(const ExperimentOptions& o) {
  const Points points = points_of(o);
  require_writable(o.out, files_read(o));
  deliver(o.out, o.json ? resolved(points) : run_list(points));
  return kFine;
}

}  // namespace commands
