// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/report/page.h"

namespace report {

// The parts of the page, as HTML. A part for which there are no results is empty.

/// How many of the paper's numbers are met, in a few words.
std::string verdict(const Findings& findings);
/// Every number of the paper beside the simulation's.
std::string targets(const Findings& findings);
/// E4: latency against throughput.
std::string load_curves(const Findings& findings);
/// E5: latency of GETs against throughput, with and without preemption.
std::string shinjuku_curves(const Findings& findings);
/// E3 to E5: saturation throughputs, as bars beside the paper's.
std::string saturation(const Findings& findings);
/// E2: the steps of a context switch, against the paper's ranges.
std::string switch_steps(const Findings& findings);
/// E6: what virtual machines gain without ticks, in its parts, with clock and power.
std::string virtual_machines(const Findings& findings);
/// E7: latency and goodput of calls, what meets their SLOs, and where the stack's time goes.
std::string rpc_stack(const Findings& findings);
/// E8: how long an agent takes to decide which memory stays in the fast tier, and why.
std::string memory_management(const Findings& findings);
/// Where the service times come from.
std::string service_times(const Findings& findings);
/// Every parameter that is a guess or a recollection.
std::string assumptions(const Findings& findings);
/// The machine and the experiments in full.
std::string appendix(const Findings& findings);

}  // namespace report
