// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/policies/policy_module.h"

// Libraries with one flaw each, for the tests of who loads them: built once for each value of FLAW.
namespace {

using scheduling::ThreadId;
using Instant = scheduling::Instant;

struct Flawed : scheduling::Fifo {
#if defined(FLAW_throws)
  void runnable(ThreadId, Why, Instant) override {
    throw std::runtime_error("lost my\nway");
  }
#elif defined(FLAW_throws_a_number)
  void gone(ThreadId) override {
    throw 7;
  }
  std::optional<ThreadId> pick(scheduling::Cpu, Instant) override {
    throw 7;
  }
#elif defined(FLAW_invents)
  std::optional<ThreadId> pick(scheduling::Cpu, Instant) override {
    return 1'000'000;
  }
#elif defined(FLAW_gives_twice)
  std::optional<ThreadId> pick(scheduling::Cpu cpu, Instant now) override {
    if (const auto next = Fifo::pick(cpu, now)) last_ = next;
    return last_;
  }
  std::optional<ThreadId> last_ = {};
#elif defined(FLAW_never_waits)
  std::optional<Instant> slice() const override {
    return Instant{999'999};
  }
#elif defined(FLAW_wants_parameters)
  explicit Flawed(const scheduling::Settings& settings) {
    settings.time("slice", Instant{1});
  }
#endif
};

[[maybe_unused]] WavesimPolicyModule module_with_flaw() {
  WavesimPolicyModule module = scheduling::module_of<Flawed>("flawed");
#if defined(FLAW_other_version)
  module.abi_version = 2;
#elif defined(FLAW_other_size)
  module.struct_size = 96;
#elif defined(FLAW_nonsense)
  module.pick = [](void*, std::int32_t, std::int64_t, std::int32_t*, WavesimFailure*) {
    return 42;
  };
#elif defined(FLAW_never_made)
  module.create = [](const WavesimSettings*, WavesimFailure*) -> void* { return nullptr; };
#endif
  return module;
}

}  // namespace

#if defined(FLAW_no_entry)
extern "C" const WavesimPolicyModule* another_function() {
#else
extern "C" __attribute__((visibility("default"))) const WavesimPolicyModule*
wavesim_policy_module() {
#endif
#if defined(FLAW_no_module)
  return nullptr;
#else
  static const WavesimPolicyModule module = module_with_flaw();
  return &module;
#endif
}
