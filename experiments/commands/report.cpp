// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/report.h"

#include "experiments/commands/exit_code.h"
#include "experiments/commands/machine.h"
#include "experiments/commands/output.h"
#include "experiments/commands/result_files.h"
#include "experiments/commands/version.h"
#include "experiments/report/page.h"

namespace commands {

int report(const ReportOptions& o) {
  require_writable(o.out, o.results);
  ResultFiles found = read_result_files(o.results);
  report::Findings findings{.version = version(),
                            .targets = {.targets = std::move(found.targets)},
                            .experiments = {},
                            .records = std::move(found.records),
                            .missing = std::move(found.missing),
                            .effects = std::move(found.effects),
                            .shares = std::move(found.shares),
                            .machine = {}};
  if (!findings.records.empty())
    if (const auto machine = report::machine_of(findings.records.back()))
      findings.machine = machine_summary(*machine);
  deliver(o.out, report::page(findings));
  return kFine;
}

}  // namespace commands
