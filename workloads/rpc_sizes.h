// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/distributions.h"
#include "sim/random.h"
#include "workloads/rpc_client_params.h"

namespace workloads {

/// How many bytes the bodies of a call have. Depends on the seed, the call and its class alone, so
/// that client and server agree, and two systems move the same bytes.
class RpcSizes {
 public:
  RpcSizes(const RpcClientParams& params, std::uint64_t seed);

  std::uint32_t request(std::uint64_t call, int slo_class) const;
  std::uint32_t reply(std::uint64_t call, int slo_class) const;

 private:
  class Body {
   public:
    Body(const BodyParams& params);
    std::uint32_t draw(const sim::Stream& stream, std::uint64_t call) const;

   private:
    std::uint32_t mean_;
    std::optional<sim::Lognormal> size_;  // in bytes, whatever its unit says
  };

  Body request_;
  Body reply_;
  Body long_request_;
  Body long_reply_;
  sim::Stream requests_;
  sim::Stream replies_;
};

}  // namespace workloads
