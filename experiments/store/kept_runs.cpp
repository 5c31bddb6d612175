// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/kept_runs.h"

namespace store {

using experiments::Point;
using experiments::PointResult;
using experiments::Replication;

KeptRuns::KeptRuns(const std::string& path, const std::string& study) {
  if (!path.empty()) store_.emplace(path, study);
}

experiments::RunnerOptions KeptRuns::keeping(experiments::RunnerOptions runner) {
  if (!store_) return runner;
  runner.known = [this](const Point& point, std::size_t n) { return store_->known(point, n); };
  runner.ran = [this](const Replication& replication) {
    store_->note(replication.point);
    store_->keep(replication);
    ++added_;
  };
  runner.finished = [this, also = runner.finished](const PointResult& result) {
    store_->note(result.point);
    store_->finish(result);
    if (also) also(result);
  };
  return runner;
}

}  // namespace store
