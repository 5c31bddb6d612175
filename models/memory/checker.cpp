// SPDX-License-Identifier: Apache-2.0
#include "models/memory/checker.h"

#include <fmt/format.h>

namespace memory {
namespace {

double ns(sim::Time t) {
  return sim::to_ns(t.time_since_epoch());
}

}  // namespace

std::string to_string(const Finding& f) {
  switch (f.kind) {
    case Finding::Kind::kStaleRead:
      return fmt::format(
          "stale read: {} read line {} of {} at {:.3f} ns from its cache; {} wrote it at {:.3f} "
          "ns; "
          "missing: {}",
          f.reader, f.offset, f.region, ns(f.read), f.writer, ns(f.written), f.missing);
    case Finding::Kind::kTornRead:
      return fmt::format(
          "torn read: {} read line {} of {} at {:.3f} ns while a write of {} that began to arrive "
          "at "
          "{:.3f} ns was half done; missing: {}",
          f.reader, f.offset, f.region, ns(f.read), f.writer, ns(f.written), f.missing);
    case Finding::Kind::kLostWrite:
      return fmt::format(
          "lost write: line {} of {}, written by {} at {:.3f} ns, was still in its write-combining "
          "buffer at {:.3f} ns; missing: {}",
          f.offset, f.region, f.writer, ns(f.written), ns(f.read), f.missing);
  }
  return {};
}

void Checker::report(Finding finding) {
  if (++count_ <= static_cast<std::int64_t>(kKept)) findings_.push_back(std::move(finding));
}

}  // namespace memory
