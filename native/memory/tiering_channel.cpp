// SPDX-License-Identifier: Apache-2.0
#include "native/memory/tiering_channel.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <type_traits>

namespace native {

using namespace std::chrono_literals;

namespace {

// The first word says kind and number, the last one is the flag.
constexpr std::size_t kBytes = 8 * (wave::kFlagWord - 1);

constexpr auto kPause = 50us;

}  // namespace

TieringChannel::Way::Way(Words memory, std::int64_t offset, std::int64_t capacity)
    : reader_(memory.half(offset)),
      producer_(memory, {.offset = offset + wave::kSlotBytes, .capacity = capacity}),
      consumer_(memory, {.offset = offset + wave::kSlotBytes, .capacity = capacity}) {}

TieringChannel::TieringChannel(std::int64_t capacity)
    : memory_(2 * Way::bytes(capacity)),
      to_agent_(memory_.words(), 0, capacity),
      to_host_(memory_.words(), Way::bytes(capacity), capacity) {}

void TieringChannel::Way::send(const wave::Slot& slot) {
  for (auto waited = 0us; !producer_.send(slot); waited += kPause) {
    if (waited > TieringChannel::kPatience) throw std::runtime_error("nobody reads what is sent");
    std::this_thread::sleep_for(kPause);
  }
  reader_.wake();
}

std::optional<wave::Slot> TieringChannel::Way::receive(std::chrono::nanoseconds patience) {
  if (const auto slot = consumer_.take()) return slot;
  reader_.announce();
  std::optional<wave::Slot> slot = consumer_.take(std::memory_order_seq_cst);
  if (!slot) reader_.wait(patience);
  reader_.retract();
  return slot ? slot : consumer_.take();
}

template <class T>
void TieringChannel::Way::send_all(int kind, std::span<const T> items) {
  static_assert(std::is_trivially_copyable_v<T>);
  while (!items.empty()) {
    const std::size_t some = std::min(items.size(), kBytes / sizeof(T));
    wave::Slot slot{(static_cast<std::uint64_t>(kind) << 32) | some};
    std::memcpy(&slot[1], items.data(), some * sizeof(T));
    send(slot);
    items = items.subspan(some);
  }
}

int kind_of(const wave::Slot& slot) {
  return static_cast<int>(slot[0] >> 32);
}

template <class T>
void append_items(const wave::Slot& slot, std::vector<T>& to) {
  const auto some = std::min<std::size_t>(static_cast<std::uint32_t>(slot[0]), kBytes / sizeof(T));
  const std::size_t had = to.size();
  to.resize(had + some);
  std::memcpy(static_cast<void*>(to.data() + had), &slot[1], some * sizeof(T));
}

template void TieringChannel::Way::send_all(int, std::span<const tiering::Scan>);
template void TieringChannel::Way::send_all(int, std::span<const tiering::Period>);
template void TieringChannel::Way::send_all(int, std::span<const tiering::Batch>);
template void TieringChannel::Way::send_all(int, std::span<const ShipmentEnd>);
template void append_items(const wave::Slot&, std::vector<tiering::Scan>&);
template void append_items(const wave::Slot&, std::vector<tiering::Period>&);
template void append_items(const wave::Slot&, std::vector<tiering::Batch>&);
template void append_items(const wave::Slot&, std::vector<ShipmentEnd>&);

}  // namespace native
