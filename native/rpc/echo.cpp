// SPDX-License-Identifier: Apache-2.0
#include "native/rpc/echo.h"

#include <algorithm>
#include <cstring>
#include <ctime>

namespace native {
namespace {

struct Question {
  std::int64_t service_ns = 0;
  std::uint32_t reply_bytes = 0;
  std::uint32_t zero = 0;
};

/// Of this thread: what others do meanwhile is not its work.
std::chrono::nanoseconds time_on_cpu() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

/// Every byte is what its caller sent.
bool is_whole(const RpcRequest& request) {
  const std::vector<std::byte>& body = request.body;
  if (body.size() < sizeof(Question) || body.size() != request.header.body_bytes) return false;
  const auto sent = echo_reply(request.header.call, request.header.body_bytes);
  return std::equal(body.begin() + sizeof(Question), body.end(), sent.begin() + sizeof(Question));
}

void compute_for(std::chrono::nanoseconds service) {
  for (const auto begin = time_on_cpu(); time_on_cpu() - begin < service;) {
  }
}

}  // namespace

std::vector<std::byte> echo_request(std::uint64_t call, sim::Duration service, std::uint32_t bytes,
                                    std::uint32_t reply_bytes) {
  const Question question{.service_ns = service / std::chrono::nanoseconds{1},
                          .reply_bytes = reply_bytes};
  std::vector<std::byte> body = echo_reply(call, std::max<std::uint32_t>(bytes, sizeof question));
  std::memcpy(body.data(), &question, sizeof question);
  return body;
}

std::vector<std::byte> echo_reply(std::uint64_t call, std::uint32_t bytes) {
  std::vector<std::byte> body(bytes);
  std::uint64_t value = call * 0x9E3779B97F4A7C15u;
  for (std::byte& b : body) b = static_cast<std::byte>((value += call | 1) >> 56);
  return body;
}

RpcReply echo(const RpcRequest& request) {
  Question question;
  if (!is_whole(request)) return {.header = {.kind = rpc::Kind::kError}};
  std::memcpy(&question, request.body.data(), sizeof question);
  compute_for(std::chrono::nanoseconds{question.service_ns});
  return {
      .header = {.kind = rpc::Kind::kReply},
      .body = echo_reply(request.header.call, std::min(question.reply_bytes, rpc::kMostBodyBytes))};
}

}  // namespace native
