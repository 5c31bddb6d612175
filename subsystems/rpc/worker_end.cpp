// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/worker_end.h"

#include <algorithm>

#include "subsystems/rpc/body_lines.h"

namespace rpc {

void WorkerEnd::reply(core::Core& cpu, int host_cpu, const Header& header) {
  const std::int64_t lines = lines_of(header.body_bytes);
  if (stack_.takes_bodies())
    push_body(cpu, lines);
  else
    write_body(cpu, lines);
  wave::Slot entry{};
  entry[wave::kFlagWord - 1 - kHeaderWords] = static_cast<std::uint64_t>(worker_);
  std::ranges::copy(to_words(header), entry.end() - 1 - kHeaderWords);
  SIM_CHECK(stack_.replies(host_cpu).send(cpu, entry));
}

/// Into its own memory: the lines have to come here first.
void WorkerEnd::write_body(core::Core& cpu, std::int64_t lines) {
  if (lines == 0) return;
  const sim::Duration each = body_.write(cpu.domain(), cpu.index());
  cpu.spend(time_for_lines(lines, each, params_.lines_ahead));
}

/// Into the NIC's memory, a line at a time; they arrive there before the entry.
void WorkerEnd::push_body(core::Core& cpu, std::int64_t lines) {
  const std::array<std::byte, memory::kCacheLine> bytes{};
  const std::int64_t body = stack_.reply_body(worker_);
  for (std::int64_t l = 0; l < lines; ++l)
    cpu.store(stack_.workers_mapping(), body + l % stack_.body_lines() * memory::kCacheLine, bytes);
}

}  // namespace rpc
