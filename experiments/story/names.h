// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "experiments/system/observers.h"
#include "models/core/observer.h"
#include "models/pcie/observer.h"
#include "subsystems/wave/agent/slot.h"

namespace story {

// How what observers are told is called in traces and stories.

/// "worker".
const char* name_of(experiments::CoreRole role);
/// "load WT": what kind of access, and through which memory type.
std::string name_of(const core::Step& step);
std::string name_of(core::Step::Kind kind, const memory::Mapping* mapping);
/// "write 64 B".
std::string name_of(const pcie::Packet& packet);
/// Of a scheduling::HostCpu::Interrupt.
std::string name_of_interrupt(int kind);

/// What the number means that goes with an activity.
enum class Subject : std::uint8_t { kNone, kThread, kCpu };
Subject subject_of(std::string_view activity);
/// "thread 7"; empty if the activity is about nobody.
std::string subject_name(std::string_view activity, std::int64_t number);

/// "12.5 %" of 125.
std::string share_text(int tenths);

/// The entry whose last bytes these are.
wave::Slot slot_of(std::span<const std::byte> bytes);

}  // namespace story
