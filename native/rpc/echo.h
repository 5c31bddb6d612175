// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "native/rpc/worker.h"
#include "sim/units.h"

namespace native {

/// The service: computes for as long as a request asks for, and answers with so many bytes, which
/// the caller can tell from any other call's.
RpcReply echo(const RpcRequest& request);

/// What `echo` is asked with. `bytes` is the body's length, and at least what the question takes.
std::vector<std::byte> echo_request(std::uint64_t call, sim::Duration service, std::uint32_t bytes,
                                    std::uint32_t reply_bytes);
std::vector<std::byte> echo_reply(std::uint64_t call, std::uint32_t bytes);

}  // namespace native
