// SPDX-License-Identifier: Apache-2.0
#include "models/pcie/dma.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace pcie {
namespace {

// No request may cross it, so no burst does and a burst needs one translation.
constexpr std::uint64_t kAddressBoundary = 4096;

std::size_t places(Bytes b) {
  return static_cast<std::size_t>(b.count);
}
std::uint64_t address(const Transfer& t, Bytes offset) {
  return t.host_address + static_cast<std::uint64_t>(offset.count);
}

}  // namespace

std::function<void(Bytes, std::span<std::byte>)> from(std::span<const std::byte> memory) {
  return [memory](Bytes offset, std::span<std::byte> into) {
    std::ranges::copy(memory.subspan(places(offset), into.size()), into.begin());
  };
}

std::function<void(Bytes, std::span<const std::byte>)> to(std::span<std::byte> memory) {
  return [memory](Bytes offset, std::span<const std::byte> bytes) {
    std::ranges::copy(bytes, memory.subspan(places(offset), bytes.size()).begin());
  };
}

Dma::Dma(sim::Simulation& sim, Link& link, RootComplex& root, Msix& msix, const DmaParams& params)
    : sim_(sim), link_(link), root_(root), msix_(msix), params_(params) {
  for (int engine = 0; engine < params.engines; ++engine) idle_engines_.push(Time::min());
}

/// Nothing of it is seen before an engine that was idle would have it set up: only then is it asked
/// which engine took it, and since when.
void Dma::submit(Transfer transfer, Duration later) {
  SIM_CHECK(transfer.size > 0_B && transfer.load && transfer.store);
  Job& job = unused_job();
  job.transfer = std::move(transfer);
  job.there = sim_.now() + later;
  sim_.at(job.there + params_.setup, [this, &job] { find_engine(job); });
}

Dma::Job& Dma::unused_job() {
  if (unused_jobs_.empty()) return jobs_.emplace_back();
  Job& job = *unused_jobs_.back();
  unused_jobs_.pop_back();
  return job;
}

void Dma::find_engine(Job& job) {
  if (idle_engines_.empty()) {
    queue_.push(&job);
    return;
  }
  start(job, std::max(job.there, idle_engines_.pop()));
}

void Dma::start(Job& job, Time begin) {
  job.bytes.resize(places(job.transfer.size));
  job.issued = job.landed = Bytes{};
  job.effects = 1;
  job.begin = begin;
  const Time ready = begin + params_.setup;
  if (ready == sim_.now()) return become_ready(job);
  sim_.at(ready, [this, &job] { become_ready(job); });
}

void Dma::become_ready(Job& job) {
  ready_.push_back(&job);
  use_port();
}

/// Sends bursts of the engines that have one, in turns, until the port or the link is busy. Waiting
/// for the link leaves room on it for what the device's cores send meanwhile.
void Dma::use_port() {
  while (!port_waiting_ && !ready_.empty()) {
    const Time when = std::max(port_free_, link_.free_at(Direction::kToRootComplex));
    if (when > sim_.now()) {
      port_waiting_ = true;
      sim_.at(when, [this] {
        port_waiting_ = false;
        use_port();
      });
      return;
    }
    Job& job = *ready_.front();
    ready_.pop_front();
    issue(job);
  }
}

void Dma::issue(Job& job) {
  const bool write = job.transfer.kind == Transfer::Kind::kToHost;
  const Chunk burst = next_burst(job);
  job.issued += burst.size;
  port_free_ = sim_.now() + params_.bandwidth.time_for(burst.size);
  write ? write_burst(job, burst) : read_burst(job, burst);

  const bool last = job.issued == job.transfer.size;
  job.waiting = !last && job.in_flight == params_.reads_in_flight;
  if (!last && !job.waiting) ready_.push_back(&job);
  if (last && write) finish(job);
}

Chunk Dma::next_burst(const Job& job) const {
  const std::uint64_t into_page = address(job.transfer, job.issued) % kAddressBoundary;
  const Bytes to_boundary{static_cast<std::int64_t>(kAddressBoundary - into_page)};
  return {job.issued, std::min({params_.burst, to_boundary, job.transfer.size - job.issued})};
}

void Dma::write_burst(Job& job, Chunk burst) {
  ++job.effects;
  job.transfer.load(burst.offset, bytes(job, burst));
  link_.post(Direction::kToRootComplex, burst.size, {.to_completer = root_.inbound()},
             [this, &job, burst] { arrive(job, burst); });
}

void Dma::arrive(Job& job, Chunk burst) {
  const Time visible = root_.accept_write(address(job.transfer, burst.offset), job.transfer.memory);
  sim_.at(visible, [this, &job, burst] { land_in_host(job, burst); });
}

void Dma::land_in_host(Job& job, Chunk burst) {
  job.transfer.store(burst.offset, bytes(job, burst));
  stats_.to_host += burst.size;
  release(job);
}

void Dma::read_burst(Job& job, Chunk burst) {
  ++job.in_flight;
  link_.read(
      Direction::kToRootComplex, burst.size,
      {.to_completer = root_.inbound(), .to_requester = params_.landing},
      [this, &job, burst](Chunk part) {
        return serve(job, {burst.offset + part.offset, part.size});
      },
      [this, &job, burst] { land_in_device(job, burst); });
}

/// The root complex's part: the bytes are taken when memory is looked at, which a walk delays.
Duration Dma::serve(Job& job, Chunk part) {
  const Time now = sim_.now();
  const Time access = root_.accept_read(address(job.transfer, part.offset));
  if (access == now)
    job.transfer.load(part.offset, bytes(job, part));
  else
    sim_.at(access, [this, &job, part] { job.transfer.load(part.offset, bytes(job, part)); });
  return access - now + root_.read_service(job.transfer.memory);
}

void Dma::land_in_device(Job& job, Chunk burst) {
  job.transfer.store(burst.offset, bytes(job, burst));
  stats_.from_host += burst.size;
  job.landed += burst.size;
  --job.in_flight;
  if (std::exchange(job.waiting, false)) become_ready(job);
  if (job.landed == job.transfer.size) finish(job);
}

/// Tells whoever wants to know, and takes the next descriptor.
void Dma::finish(Job& job) {
  if (job.transfer.record) write_record(job);
  if (job.transfer.interrupt) interrupt(job);
  ++stats_.transfers;
  if (observer_ != nullptr) [[unlikely]]
    observer_->has_moved(
        {job.transfer.kind == Transfer::Kind::kToHost, job.transfer.size, job.begin, sim_.now()});
  if (job.transfer.done) job.transfer.done();
  release(job);
  if (queue_.empty())
    idle_engines_.push(sim_.now());
  else
    start(*queue_.pop(), sim_.now());
}

void Dma::write_record(Job& job) {
  ++job.effects;
  const Bytes size = job.transfer.record_size;
  link_.post(Direction::kToRootComplex, size, {.to_completer = root_.inbound()}, [this, &job] {
    const Time visible = root_.accept_write(job.transfer.record_address, HostMemory::kDram);
    sim_.at(visible, [this, &job] {
      job.transfer.record();
      release(job);
    });
  });
}

void Dma::interrupt(Job& job) {
  ++job.effects;
  const bool comes = msix_.send(job.transfer.vector, [this, &job] {
    job.transfer.interrupt();
    release(job);
  });
  if (!comes) release(job);
}

void Dma::release(Job& job) {
  if (--job.effects > 0) return;
  job.transfer = Transfer{};
  unused_jobs_.push_back(&job);
}

std::span<std::byte> Dma::bytes(Job& job, Chunk part) {
  return std::span(job.bytes).subspan(places(part.offset), places(part.size));
}

}  // namespace pcie
