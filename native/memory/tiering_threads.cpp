// SPDX-License-Identifier: Apache-2.0
#include "native/memory/tiering_threads.h"

#include <utility>

namespace native {

TieringThreads::TieringThreads(std::vector<tiering::TieringAgent::PartPolicy> policies,
                               const tiering::HotSetParams& params,
                               const std::vector<std::unique_ptr<TieringChannel>>& channels)
    : meeting_(std::ssize(policies)), program_(std::move(policies), params) {
  for (const auto& channel : channels) runtimes_.emplace_back(*channel, meeting_);
  for (int part = 0; part < std::ssize(channels); ++part)
    threads_.emplace_back([this, part] { run(part); });
}

TieringThreads::~TieringThreads() {
  for (TieringRuntime& runtime : runtimes_) runtime.leave();
  join();
}

void TieringThreads::run(int part) try {
  program_.run(part, runtimes_[static_cast<std::size_t>(part)]);
} catch (...) {
  const std::lock_guard lock(failing_);
  failure_ = std::current_exception();
  meeting_.arrive_and_drop();  // the others may be waiting for it
}

void TieringThreads::check() {
  const std::lock_guard lock(failing_);
  if (failure_) std::rethrow_exception(failure_);
}

void TieringThreads::join() {
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

tiering::StageStats TieringThreads::stats() const {
  tiering::StageStats all;
  for (const TieringRuntime& runtime : runtimes_) all = all + runtime.stats();
  return all;
}

}  // namespace native
