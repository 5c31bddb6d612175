// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/report/page.h"

namespace report {

// The parts of the page, as HTML. A part for which there are no results is empty.

/// How many of the paper's numbers are met, in a few words; without targets, what there is.
std::string verdict(const Findings& findings);
/// Any value over any other, to choose from: throughput-latency curves first.
std::string explorer(const Findings& findings);
/// Points that differ in their variant alone, a bar for each. Not beside the paper's parts.
std::string side_by_side(const Findings& findings);
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
/// A request's latency, the workers' CPUs and an agent's iteration, in parts.
std::string time_goes(const Findings& findings);
/// Which assumptions move which ratio how far.
std::string sensitivities(const Findings& findings);
/// Every value of every point, where there are few enough to read.
std::string every_value(const Findings& findings);
/// Where the service times come from.
std::string service_times(const Findings& findings);
/// What differs from the defaults.
std::string differences(const Findings& findings);
/// Every parameter that is a guess or a recollection.
std::string assumptions(const Findings& findings);
/// The machine as a picture, and the latencies between its parts.
std::string machine_picture(const Findings& findings);
/// Each variant in full, to copy.
std::string resolved_experiments(const Findings& findings);
/// Versions, seeds and hashes.
std::string provenance(const Findings& findings);
/// Of what the page carries that is not ours.
std::string licences();

}  // namespace report
