// SPDX-License-Identifier: Apache-2.0
#include "workloads/rpc_calls.h"

#include <utility>

namespace workloads {

RpcCalls::RpcCalls(sim::Simulation& sim, const RpcClientParams& params, Ended user_ended)
    : sim_(sim),
      params_(params),
      user_ended_(std::move(user_ended)),
      overdue_(sim, [this] { lose_overdue(); }) {}

std::uint64_t RpcCalls::begin_user(fabric::Node client, sim::Time at) {
  ++stats_.users.arrived;
  users_.push({.client = client, .at = at, .to_end = params_.fan_out});
  return users_.next_number() - 1;
}

std::uint64_t RpcCalls::begin(const RpcCall& call) {
  stats_.calls.came(call.kind(), call.work);
  ++class_of(call).arrived;
  calls_.push(call);
  if (!overdue_.armed()) overdue_.arm_at(deadline_of(call));
  const std::uint64_t number = calls_.next_number() - 1;
  if (observer_ != nullptr) [[unlikely]]
    observer_->begins(number, call);
  return number;
}

void RpcCalls::answered(std::uint64_t number, std::uint32_t connection, Answer answer) {
  lose_overdue();
  const bool waits = calls_.front_number() <= number && number < calls_.next_number() &&
                     !calls_.at(number).ended && calls_.at(number).connection == connection;
  if (!waits) {
    ++stats_.stray_replies;
    return;
  }
  if (answer == Answer::kReply)
    complete(calls_.at(number));
  else
    ++stats_.refused;
  sim_.note(number);
  end(number, answer == Answer::kError);
}

/// Calls began in the order of their deadlines.
void RpcCalls::lose_overdue() {
  while (!calls_.empty() && deadline_of(calls_.front()) <= sim_.now()) {
    ++stats_.lost;
    end(calls_.front_number(), true);
  }
  if (!calls_.empty() && !overdue_.armed()) overdue_.arm_at(deadline_of(calls_.front()));
}

void RpcCalls::complete(RpcCall& call) {
  const sim::Duration latency = sim_.now() - call.at;
  stats_.calls.answered(call.kind(), latency);
  RpcClassStats& of_class = class_of(call);
  ++of_class.completed;
  of_class.latency.record(latency);
  if (latency <= (call.slo_class == 0 ? params_.slo : params_.long_slo)) ++of_class.within_slo;
}

/// Whoever is told may begin new calls.
void RpcCalls::end(std::uint64_t number, bool failed) {
  if (observer_ != nullptr) [[unlikely]]
    observer_->ends(number);
  calls_.at(number).ended = true;
  while (!calls_.empty() && calls_.front().ended) calls_.drop_front();
  const std::uint64_t of_user = number / static_cast<std::uint64_t>(params_.fan_out);
  User& user = users_.at(of_user);
  user.failed = user.failed || failed;
  if (--user.to_end == 0) end_user(of_user);
}

void RpcCalls::end_user(std::uint64_t number) {
  const User user = users_.at(number);
  while (!users_.empty() && users_.front().to_end == 0) users_.drop_front();
  if (!user.failed) {
    stats_.users.answered(sim_.now() - user.at);
  }
  user_ended_(user.client);
}

RpcClassStats& RpcCalls::class_of(const RpcCall& call) {
  return call.slo_class == 0 ? stats_.class_0 : stats_.class_1;
}

Census RpcCalls::census(sim::Time before) const {
  Census census;
  for (std::size_t number = calls_.front_number(); number < calls_.next_number(); ++number) {
    const RpcCall& call = calls_.at(number);
    if (!call.ended && call.at < before) census.add(call.is_long);
  }
  return census;
}

}  // namespace workloads
