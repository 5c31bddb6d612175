// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/memory_findings.h"

#include <fmt/format.h>

#include "experiments/commands/results_table.h"

namespace commands {
namespace {

using experiments::PointResult;

/// Of a broken protocol the first few findings say what there is to say.
constexpr std::size_t kShown = 3;

std::int64_t count_in(const PointResult& result) {
  std::int64_t count = 0;
  for (const experiments::RunResult& run : result.runs)
    if (run.findings) count += run.findings->count;
  return count;
}

bool was_checked(const PointResult& result) {
  return !result.runs.empty() && result.runs.front().findings.has_value();
}

std::string first_in(const PointResult& result) {
  std::string lines;
  std::size_t shown = 0;
  for (const experiments::RunResult& run : result.runs)
    for (const std::string& finding : run.findings->first)
      if (shown++ < kShown) lines += fmt::format("  seed {}: {}\n", run.seed, finding);
  return lines;
}

}  // namespace

bool found_in_memory(const PointResult& result) {
  return count_in(result) > 0;
}

std::string findings_as_text(const std::vector<PointResult>& results) {
  std::string text;
  for (const PointResult& result : results) {
    if (!was_checked(result)) continue;
    const std::int64_t count = count_in(result);
    text +=
        fmt::format("memory of {}: {}\n", name_of(result.point),
                    count == 0 ? "nothing found" : fmt::format("{} findings, the first:", count));
    text += first_in(result);
  }
  return text;
}

}  // namespace commands
