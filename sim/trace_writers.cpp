// SPDX-License-Identifier: Apache-2.0
#include "sim/trace_writers.h"

#include "sim/output_file.h"
#include "sim/trace.h"

namespace sim {

void save_trace(const TraceLog& log, const std::string& path) {
  write_file(path, [&](std::ostream& out) {
    path.ends_with(".json") ? write_chrome(log, out) : write_perfetto(log, out);
  });
}

}  // namespace sim
