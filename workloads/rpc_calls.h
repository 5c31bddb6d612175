// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "models/fabric/params.h"
#include "sim/ring.h"
#include "sim/simulation.h"
#include "workloads/rpc_client_params.h"
#include "workloads/rpc_client_stats.h"

namespace workloads {

/// A call, as its client remembers it.
struct RpcCall {
  std::uint32_t connection = 0;
  std::uint8_t slo_class = 0;
  bool is_long = false;  // of a mix
  bool is_mix = false;
  sim::Duration work{};
  sim::Time at{};  // intended
  bool ended = false;

  RequestKind kind() const { return kind_of(is_mix, is_long); }
};

/// Is told what becomes of calls, for a look at a run from outside. Must change nothing.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  /// At `call.at`, which may be before the present instant.
  virtual void begins(std::uint64_t number, const RpcCall& call) = 0;
  virtual void ends(std::uint64_t number) = 0;
};

/// Which calls and user requests wait for what, and what became of the others. Calls are numbered
/// from 0 in the order in which they begin, and so are user requests, each of which makes
/// `fan_out` calls.
///
/// A call is lost at the instant at which its budget ends. That costs about one agenda entry a
/// budget, not one a call: only the oldest call has a timer.
class RpcCalls {
 public:
  using Ended = std::function<void(fabric::Node client)>;

  /// `user_ended` runs when the last call of a user request has.
  RpcCalls(sim::Simulation& sim, const RpcClientParams& params, Ended user_ended);

  /// Returns the user request's number. Its calls begin before the next one does.
  std::uint64_t begin_user(fabric::Node client, sim::Time at);
  /// Returns the call's number.
  std::uint64_t begin(const RpcCall& call);

  enum class Answer { kReply, kError };
  /// An answer is there, over the call's connection or another.
  void answered(std::uint64_t number, std::uint32_t connection, Answer answer);

  /// Calls that were to begin before an instant and have not ended.
  Census census(sim::Time before) const;

  /// Is told from now on; nobody if it is null.
  void observe(CallObserver* observer) { observer_ = observer; }

  RpcClientStats& stats() { return stats_; }
  const RpcClientStats& stats() const { return stats_; }

 private:
  struct User {
    fabric::Node client;
    sim::Time at;
    int to_end;
    bool failed = false;
  };

  sim::Time deadline_of(const RpcCall& call) const { return call.at + params_.budget; }
  void lose_overdue();
  void complete(RpcCall& call);
  void end(std::uint64_t number, bool failed);
  void end_user(std::uint64_t number);
  RpcClassStats& class_of(const RpcCall& call);

  sim::Simulation& sim_;
  const RpcClientParams params_;
  const Ended user_ended_;
  sim::Ring<RpcCall> calls_;  // from the oldest that has not ended
  sim::Ring<User> users_;
  RpcClientStats stats_;
  CallObserver* observer_ = nullptr;
  sim::Timer overdue_;
};

}  // namespace workloads
