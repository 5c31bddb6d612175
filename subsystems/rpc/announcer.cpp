// SPDX-License-Identifier: Apache-2.0
#include "subsystems/rpc/announcer.h"

namespace rpc {

using wave::kSlotBytes;
using Note = wave::scheduling::Message;
using wave::scheduling::MessageType;

Note Announcer::note(core::Core& stack, Worker worker, std::uint8_t slo_class) {
  const WorkerThread& thread = workers_.at(static_cast<std::size_t>(worker));
  Note message{};
  message.type = MessageType::kTaskWork;
  message.gtid = thread.gtid;
  if (classes_ != nullptr) {
    classes_->write(stack, thread.table_word, slo_class);
  } else {
    message.runtime_ns = slo_class;
    message.flags = Note::kHasWord;
  }
  return message;
}

StoreAnnouncer::StoreAnnouncer(wave::Producer& queue, std::vector<WorkerThread> workers,
                               wave::TableWriter* classes)
    : Announcer(std::move(workers), classes), queue_(queue), following_(this->workers()) {
  SIM_CHECK(queue.capacity() >= 2 * std::ssize(following_));
}

void StoreAnnouncer::announce(core::Core& stack, Worker worker, std::uint8_t slo_class) {
  SIM_CHECK(queue_.send(stack, encode(note(stack, worker, slo_class), 0)));
}

void StoreAnnouncer::follow(core::Core& stack, Worker worker, std::uint8_t slo_class,
                            pcie::Transfer& transfer) {
  SIM_CHECK(!queue_.mapping().remote());
  const Note message = note(stack, worker, slo_class);
  const auto entry = queue_.reserve(stack);
  SIM_CHECK(entry);
  following_[static_cast<std::size_t>(worker)] = {.offset = entry->offset,
                                                  .slot = encode(message, entry->flag)};
  transfer.done = [this, worker] { land(worker); };
}

void StoreAnnouncer::land(Worker worker) {
  const Entry& entry = following_[static_cast<std::size_t>(worker)];
  queue_.mapping().region().write_by_device(entry.offset, std::as_bytes(std::span(entry.slot)),
                                            name_);
}

DmaAnnouncer::DmaAnnouncer(pcie::Dma& dma, memory::Region& region, const wave::QueuePlace& place,
                           std::uint64_t address, const ChannelParams& params,
                           std::vector<WorkerThread> workers, wave::TableWriter* classes)
    : Announcer(std::move(workers), classes),
      outbox_(dma, params.dma_submit),
      region_(region),
      place_(place),
      address_(address),
      params_(params),
      entries_(static_cast<std::size_t>(place.capacity)) {
  SIM_CHECK(entries_.size() >= 2 * this->workers());
}

void DmaAnnouncer::announce(core::Core& stack, Worker worker, std::uint8_t slo_class) {
  const std::size_t entry = prepare(stack, worker, slo_class);
  pcie::Transfer transfer{.kind = pcie::Transfer::Kind::kToHost,
                          .host_address = address_of(entry),
                          .size = sim::Bytes{kSlotBytes}};
  transfer.load = [](sim::Bytes, std::span<std::byte>) {};
  transfer.store = [this, entry](sim::Bytes, std::span<const std::byte>) { land(entry); };
  outbox_.submit(stack, std::move(transfer));
}

void DmaAnnouncer::follow(core::Core& stack, Worker worker, std::uint8_t slo_class,
                          pcie::Transfer& transfer) {
  const std::size_t entry = prepare(stack, worker, slo_class);
  transfer.record = [this, entry] { land(entry); };
  transfer.record_address = address_of(entry);
  transfer.record_size = sim::Bytes{kSlotBytes};
}

/// Entries may land out of order, each in its place: the agent takes them in order.
std::size_t DmaAnnouncer::prepare(core::Core& stack, Worker worker, std::uint8_t slo_class) {
  const std::size_t entry = sent_ % entries_.size();
  entries_[entry] = encode(note(stack, worker, slo_class), ++sent_);
  return entry;
}

void DmaAnnouncer::land(std::size_t entry) {
  region_.write_by_device(place_.entry(static_cast<std::int64_t>(entry)),
                          std::as_bytes(std::span(entries_[entry])), name_, true, params_.lands());
}

std::uint64_t DmaAnnouncer::address_of(std::size_t entry) const {
  return address_ + entry * static_cast<std::uint64_t>(kSlotBytes);
}

}  // namespace rpc
