// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/names.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "models/memory/mapping.h"
#include "subsystems/scheduling/host_cpu.h"

namespace story {

using core::Step;
using experiments::CoreRole;
using memory::MemoryType;

namespace {

const char* kind_name(Step::Kind kind) {
  switch (kind) {
    case Step::Kind::kCompute:
      return "compute";
    case Step::Kind::kSpend:
      return "spend";
    case Step::Kind::kWork:
      return "work";
    case Step::Kind::kWait:
      return "wait";
    case Step::Kind::kLoad:
      return "load";
    case Step::Kind::kStore:
      return "store";
    case Step::Kind::kPrefetch:
      return "prefetch";
    case Step::Kind::kFlush:
      return "flush";
    case Step::Kind::kStoreFence:
      return "store fence";
    case Step::Kind::kFullFence:
      return "full fence";
    case Step::Kind::kTouch:
      return "own lines";
    case Step::Kind::kLook:
      return "read lines";
  }
  return "step";
}

const char* type_name(MemoryType type) {
  for (const auto& [value, name] : enum_names(std::type_identity<MemoryType>{}))
    if (value == type) return name;
  return "?";
}

}  // namespace

const char* name_of(CoreRole role) {
  switch (role) {
    case CoreRole::kWorker:
      return "worker";
    case CoreRole::kAgent:
      return "agent";
    case CoreRole::kSecondAgent:
      return "second agent";
    case CoreRole::kGenerator:
      return "generator";
    case CoreRole::kKeeper:
      return "keeper";
    case CoreRole::kStack:
      return "stack";
    case CoreRole::kDaemon:
      return "daemon";
    case CoreRole::kControlPlane:
      return "control plane";
  }
  return "core";
}

std::string name_of(const Step& step) {
  return name_of(step.kind, step.mapping);
}

std::string name_of(Step::Kind kind, const memory::Mapping* mapping) {
  if (mapping == nullptr) return kind_name(kind);
  return fmt::format("{} {}", kind_name(kind), type_name(mapping->type()));
}

std::string name_of(const pcie::Packet& packet) {
  switch (packet.kind) {
    case pcie::PacketClass::kPosted:
      return fmt::format("write {} B", packet.payload.count);
    case pcie::PacketClass::kNonposted:
      return "read request";
    case pcie::PacketClass::kCompletion:
      return fmt::format("completion {} B", packet.payload.count);
  }
  return "packet";
}

std::string name_of_interrupt(int kind) {
  using Interrupt = scheduling::HostCpu::Interrupt;
  switch (static_cast<Interrupt>(kind)) {
    case Interrupt::kReschedule:
      return "reschedule";
    case Interrupt::kDecision:
      return "decision";
    case Interrupt::kWakeUp:
      return "wake-up";
    case Interrupt::kTick:
      return "tick";
    case Interrupt::kBalance:
      return "balance";
    case Interrupt::kTimer:
      return "timer";
    case Interrupt::kNewAgent:
      return "new agent";
  }
  return "interrupt";
}

Subject subject_of(std::string_view activity) {
  for (const char* with_thread :
       {"thread", "run", "stop", "switch", "wake", "activate", "message", "commit"})
    if (activity == with_thread) return Subject::kThread;
  for (const char* with_cpu : {"write decision", "notify", "submit"})
    if (activity == with_cpu) return Subject::kCpu;
  return Subject::kNone;
}

std::string subject_name(std::string_view activity, std::int64_t number) {
  switch (subject_of(activity)) {
    case Subject::kThread:
      return fmt::format("thread {}", number);
    case Subject::kCpu:
      return fmt::format("cpu{}", number);
    case Subject::kNone:
      break;
  }
  return {};
}

std::string share_text(int tenths) {
  return fmt::format("{}.{} %", tenths / 10, tenths % 10);
}

wave::Slot slot_of(std::span<const std::byte> bytes) {
  wave::Slot slot{};
  const std::size_t size = std::min(bytes.size(), sizeof(slot));
  std::memcpy(reinterpret_cast<std::byte*>(&slot) + sizeof(slot) - size,
              bytes.data() + bytes.size() - size, size);
  return slot;
}

}  // namespace story
