// SPDX-License-Identifier: Apache-2.0
#include "workloads/rpc_sizes.h"

#include <algorithm>

#include "subsystems/rpc/protocol/frame.h"
#include "workloads/variation.h"

namespace workloads {

RpcSizes::Body::Body(const BodyParams& params)
    : mean_(static_cast<std::uint32_t>(params.mean.count)) {
  if (params.variation > 0)
    size_ =
        sim::Lognormal::with_mean(sim::Duration{params.mean.count}, sigma_for(params.variation));
}

std::uint32_t RpcSizes::Body::draw(const sim::Stream& stream, std::uint64_t call) const {
  if (!size_) return mean_;
  sim::Draws draws = stream.at(call);
  const std::int64_t size = (*size_)(draws).count();
  return static_cast<std::uint32_t>(std::min<std::int64_t>(size, rpc::kMostBodyBytes));
}

RpcSizes::RpcSizes(const RpcClientParams& params, std::uint64_t seed)
    : request_(params.request),
      reply_(params.reply),
      long_request_(params.long_request),
      long_reply_(params.long_reply),
      requests_(seed, "workloads.request_size"),
      replies_(seed, "workloads.reply_size") {}

std::uint32_t RpcSizes::request(std::uint64_t call, int slo_class) const {
  return (slo_class == 0 ? request_ : long_request_).draw(requests_, call);
}

std::uint32_t RpcSizes::reply(std::uint64_t call, int slo_class) const {
  return (slo_class == 0 ? reply_ : long_reply_).draw(replies_, call);
}

}  // namespace workloads
