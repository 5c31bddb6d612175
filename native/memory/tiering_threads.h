// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <barrier>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "native/memory/tiering_channel.h"
#include "native/memory/tiering_runtime.h"
#include "subsystems/memory/policies/tiering_agent.h"

namespace native {

/// A tiering agent: the simulator's program, on a real thread for each part.
class TieringThreads {
 public:
  /// One policy and one channel for each part. Begins at once.
  TieringThreads(std::vector<tiering::TieringAgent::PartPolicy> policies,
                 const tiering::HotSetParams& params,
                 const std::vector<std::unique_ptr<TieringChannel>>& channels);
  /// Ends it.
  ~TieringThreads();
  TieringThreads(const TieringThreads&) = delete;
  TieringThreads& operator=(const TieringThreads&) = delete;

  /// Throws what a thread has thrown.
  void check();
  /// Waits until the program has ended, since the host wanted it to leave.
  void join();
  /// All of them together, once they have been joined.
  tiering::StageStats stats() const;

 private:
  void run(int part);

  std::barrier<> meeting_;
  tiering::TieringAgent program_;
  std::deque<TieringRuntime> runtimes_;
  std::mutex failing_;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

}  // namespace native
