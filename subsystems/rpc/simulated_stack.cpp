// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/simulated_stack.h"

#include <algorithm>
#include <utility>

#include "subsystems/rpc/frames.h"

namespace rpc {

using wave::kFlagWord;
using wave::Slot;

namespace {

// A stack's addresses: rings and receive buffers, then these.
constexpr std::uint64_t kRequests = std::uint64_t{1} << 30;
constexpr std::uint64_t kReplies = std::uint64_t{2} << 30;
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kReplyPages = 16;  // each worker's

constexpr sim::Bytes kRegister{8};

bool bodies_stay(const ChannelParams& params) {
  return params.payload == PayloadPath::kNic;
}

Requests requests_of(const StackPlace& place, const ChannelParams& params, int workers) {
  core::Core& core = place.core;
  const bool on_nic = bodies_stay(params);
  return {core.simulation(),
          on_nic ? core.domain() : place.host,
          on_nic ? core.domain().node(core.index()) : place.host_node,
          workers,
          place.address + kRequests,
          params,
          on_nic ? place.workers_to_nic : nullptr};
}

wave::AgentCosts polling(const ChannelParams& params) {
  wave::AgentCosts costs;
  costs.poll = params.poll;
  costs.full_polling = params.full_polling;
  return costs;
}

}  // namespace

SimulatedStack::SimulatedStack(const StackPlace& place, const ChannelParams& params, StageCost cost,
                               int workers, Announcer& announcer)
    : place_(place),
      params_(params),
      cost_(std::move(cost)),
      announcer_(announcer),
      memory_(place.core, workers, place.worker_cpus, params, place.workers_to_nic),
      requests_(requests_of(place, params, workers)),
      wave_(place.core, memory_.mapping(), nobody_, polling(params)),
      queue_(place.port.add_queue(memory_.home(!place.on_nic(), place.address))) {
  SIM_CHECK(place.on_nic() ? bodies_stay(params) != (place.dma != nullptr)
                           : !bodies_stay(params) && place.mmio != nullptr);
  SIM_CHECK(2 * params.return_batch <= params.receive_ring);
  if (place.dma != nullptr) outbox_.emplace(*place.dma, params.dma_submit);
  for (Worker w = 0; w < workers; ++w)
    ends_.emplace_back(w, requests_, memory_, params, place.host_node);
  for (const wave::QueuePlace& queue : memory_.polled()) wave_.add_queue(queue);
}

void SimulatedStack::NobodyToNotify::notify(core::Core&, int) {
  SIM_CHECK(false);
}

namespace {

const char* name_of(Stage stage) {
  switch (stage) {
    case Stage::kReceiveDriver:
      return "receive: driver";
    case Stage::kReceiveTransport:
      return "receive: transport";
    case Stage::kDeserialise:
      return "deserialise";
    case Stage::kDispatch:
      return "dispatch";
    case Stage::kSerialise:
      return "serialise";
    case Stage::kSendTransport:
      return "send: transport";
    case Stage::kSendDriver:
      return "send: driver";
  }
  return "work";
}

}  // namespace

void SimulatedStack::charge(Stage stage, std::uint32_t bytes) {
  core().does(name_of(stage), bytes);
  core().compute(cost_(stage, bytes));
}

// What comes

Event SimulatedStack::poll(Instant deadline) {
  Event event;
  const wave::Event seen = wave_.poll(deadline);
  if (seen.kind == wave::Event::Kind::kNone) return event;
  if (seen.source == StackMemory::kReceive)
    take_packet(seen.slot, event);
  else
    take_reply(seen.slot, event);
  return event;
}

void SimulatedStack::take_packet(const Slot& slot, Event& event) {
  ethernet::Frame frame;
  std::ranges::copy_n(slot.begin(), frame.descriptor.size(), frame.descriptor.begin());
  event.kind = Event::Kind::kPacket;
  event.packet = to_packet(frame);
  ++stats_.packets;
  if (++taken_ % static_cast<std::uint64_t>(params_.return_batch) == 0)
    write_register(true, taken_);
}

void SimulatedStack::take_reply(const Slot& slot, Event& event) {
  constexpr std::size_t kFirst = kFlagWord - 1 - kHeaderWords;
  event.kind = Event::Kind::kReply;
  event.worker = static_cast<Worker>(slot[kFirst]);
  event.reply = to_header({slot[kFirst + 1], slot[kFirst + 2], slot[kFirst + 3]});
  ++stats_.replies;
}

// Requests to workers

void SimulatedStack::give(Worker worker, const Message& message) {
  ++stats_.given;
  if (outbox_) return give_by_dma(worker, message.header);
  requests_.write(core(), worker, message.header);
  announcer_.announce(core(), worker, message.header.slo_class);
}

void SimulatedStack::give_by_dma(Worker worker, const Header& header) {
  pcie::Transfer transfer = requests_.transfer(worker, header);
  announcer_.follow(core(), worker, header.slo_class, transfer);
  outbox_->submit(core(), std::move(transfer));
}

// Replies to the wire

bool SimulatedStack::transmit(const Packet& packet, Worker from) {
  ethernet::Frame frame = to_frame(packet);
  if (from != kNoWorker) locate_body(packet, from, frame);
  Slot slot{};
  std::ranges::copy(frame.descriptor, slot.begin());
  slot[kFlagWord - 1] = control_word(frame);
  if (!memory_.transmit().send(core(), slot)) {
    ++stats_.refused;
    return false;
  }
  ++stats_.transmitted;
  write_register(false, ++posted_);
  return true;
}

/// The worker has just written it: if it is in the host, it is in a cache there.
void SimulatedStack::locate_body(const Packet& packet, Worker from, ethernet::Frame& frame) {
  if (memory_.takes_bodies() || frame.payload == 0) return;
  worker(from).body_fetched(place_.host);
  const std::uint64_t page = packet.segment.offset / kPageBytes % kReplyPages +
                             static_cast<std::uint64_t>(from) * kReplyPages;
  frame.where = ethernet::Payload::kInHostCache;
  frame.page = static_cast<std::uint32_t>((place_.address + kReplies) / kPageBytes + page);
}

// The port's registers. A write leaves the core behind the stores before it.

void SimulatedStack::write_register(bool returned, std::uint64_t count) {
  const sim::Time now = core().simulation().now();
  const sim::Time leaves = std::max(core().now(), core().stores_visible());
  if (place_.on_nic()) {
    core().spend(params_.register_write);
    core().simulation().at(leaves + params_.register_write,
                           [this, returned, count] { registered(returned, count); });
  } else {
    place_.mmio->write(
        kRegister, [this, returned, count] { registered(returned, count); }, leaves - now,
        place_.socket);
    core().spend(core().params().mmio_store);
  }
}

void SimulatedStack::registered(bool returned, std::uint64_t count) {
  if (returned)
    place_.port.returned(queue_, count);
  else
    place_.port.posted(queue_, count);
}

}  // namespace rpc
