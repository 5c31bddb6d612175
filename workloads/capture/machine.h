// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace capture {

/// The machine at hand and what this program was built with: cpu, kernel, compiler, date.
std::map<std::string, std::string> machine_provenance();

/// Clock ticks that the hypervisor has given to other machines while ours wanted to run.
std::int64_t stolen_ticks();

}  // namespace capture
