// SPDX-License-Identifier: Apache-2.0
#include "experiments/policy/loaded_policy.h"

#include <cstring>
#include <fmt/format.h>
#include <utility>

#include "sim/quantity.h"
#include "sim/wording.h"

namespace experiments {

using namespace std::chrono_literals;

namespace {

std::string text_of(const WavesimFailure& failure) {
  const std::size_t length = strnlen(failure.why, sizeof failure.why);
  return length == 0 ? "for no reason that it gives"
                     : in_one_line(std::string_view(failure.why, length));
}

}  // namespace

LoadedPolicy::LoadedPolicy(std::shared_ptr<const PolicyLibrary> library,
                           const std::map<std::string, sim::Argument>& parameters)
    : library_(std::move(library)) {
  std::vector<WavesimSetting> all;
  for (const auto& [name, value] : parameters) all.push_back({name.c_str(), value.text.c_str()});
  const WavesimSettings settings{all.size(), all.data()};
  policy_ = module().create(&settings, &failure_);
  if (policy_ == nullptr)
    throw sim::ConfigError("", sim::in_quotes(module().name) + " refuses: " + text_of(failure_));
}

LoadedPolicy::~LoadedPolicy() {
  module().destroy(policy_);
}

void LoadedPolicy::runnable(ThreadId thread, Why why, Instant now) {
  said(thread) = Said::kRunnable;
  require_done("runnable", module().runnable(policy_, thread, static_cast<std::int32_t>(why),
                                             now.count(), &failure_));
}

void LoadedPolicy::gone(ThreadId thread) {
  said(thread) = Said::kGone;
  require_done("gone", module().gone(policy_, thread, &failure_));
}

std::optional<scheduling::ThreadId> LoadedPolicy::pick(scheduling::Cpu cpu, Instant now) {
  ThreadId thread = -1;
  if (!answer("pick", module().pick(policy_, cpu, now.count(), &thread, &failure_)))
    return std::nullopt;
  require_to_give(thread);
  said(thread) = Said::kPicked;
  return thread;
}

void LoadedPolicy::require_to_give(ThreadId thread) {
  const auto refuse = [&](const char* why) {
    blame("pick", fmt::format("gave thread {}, {}", thread, why));
  };
  if (thread < 0 || static_cast<std::size_t>(thread) >= threads_.size())
    refuse("which it was never given");
  switch (said(thread)) {
    case Said::kRunnable:
      return;
    case Said::kPicked:
      refuse("which it has given away already");
      break;
    case Said::kGone:
      refuse("which is gone");
      break;
    case Said::kNothing:
      refuse("which it was never given");
  }
}

bool LoadedPolicy::reads_words() const {
  return answer("reads_words", module().reads_words(policy_, &failure_));
}

void LoadedPolicy::word(ThreadId thread, std::uint64_t word) {
  require_done("word", module().word(policy_, thread, word, &failure_));
}

/// A shorter one would have the agent do nothing but preempt.
std::optional<scheduling::Instant> LoadedPolicy::slice() const {
  std::int64_t span = 0;
  if (!answer("slice", module().slice(policy_, &span, &failure_))) return std::nullopt;
  if (Instant{span} < 1us) blame("slice", fmt::format("asks for slices of {} ps", span));
  return Instant{span};
}

LoadedPolicy::Said& LoadedPolicy::said(ThreadId thread) {
  const auto index = static_cast<std::size_t>(thread);
  if (index >= threads_.size()) threads_.resize(index + 1, Said::kNothing);
  return threads_[index];
}

void LoadedPolicy::require_done(const char* call, std::int32_t result) const {
  if (answer(call, result)) blame(call, "returned yes, where there is no question");
}

bool LoadedPolicy::answer(const char* call, std::int32_t result) const {
  if (result == WAVESIM_POLICY_FAILED) blame(call, "failed: " + text_of(failure_));
  if (result != WAVESIM_POLICY_NO && result != WAVESIM_POLICY_YES)
    blame(call, fmt::format("returned {}, which means nothing", result));
  return result == WAVESIM_POLICY_YES;
}

void LoadedPolicy::blame(const char* call, const std::string& what) const {
  throw PolicyFault(library_->build().name, std::string(call) + "() " + what);
}

}  // namespace experiments
