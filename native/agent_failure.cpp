// SPDX-License-Identifier: Apache-2.0
#include "native/agent_failure.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

#include "sim/config_error.h"

namespace native {
namespace {

// States of the first word; the text follows, and ends with a zero.
constexpr std::uint64_t kNone = 0;
constexpr std::uint64_t kBeingNoted = 1;
constexpr std::uint64_t kBadInput = 2;
constexpr std::uint64_t kOther = 3;

}  // namespace

void AgentFailure::note(const std::exception& error) const {
  const Words words = memory_.words();
  // There is one agent at a time: who has not come to the end of its note was killed over it.
  std::uint64_t before = kNone;
  if (!words.at(0).compare_exchange_strong(before, kBeingNoted) && before != kBeingNoted) return;
  const std::string what = error.what();
  for (std::int64_t at = 8; at + 8 < kBytes; at += 8) {
    std::uint64_t word = 0;
    const auto from = static_cast<std::size_t>(at - 8);
    if (from < what.size())
      std::memcpy(&word, what.data() + from, std::min(what.size() - from, sizeof word));
    words.at(at).store(word, std::memory_order_relaxed);
  }
  const bool bad_input = dynamic_cast<const sim::ConfigError*>(&error) != nullptr;
  words.at(0).store(bad_input ? kBadInput : kOther, std::memory_order_release);
}

bool AgentFailure::noted() const {
  return memory_.words().at(0).load(std::memory_order_acquire) >= kBadInput;
}

void AgentFailure::rethrow() const {
  if (!noted()) return;
  const Words words = memory_.words();
  std::string text(static_cast<std::size_t>(kBytes), '\0');
  for (std::int64_t at = 8; at < kBytes; at += 8) {
    const std::uint64_t word = words.at(at).load(std::memory_order_relaxed);
    std::memcpy(text.data() + at - 8, &word, sizeof word);
  }
  text.resize(std::strlen(text.c_str()));
  if (words.at(0).load() == kBadInput) throw sim::ConfigError("", text);
  throw std::runtime_error("agent: " + text);
}

}  // namespace native
