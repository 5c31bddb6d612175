// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include "subsystems/scheduling/policies/policy.h"
#include "subsystems/scheduling/policies/policy_abi.h"
#include "subsystems/scheduling/policies/policy_settings.h"

/// Makes a shared object of a policy, in one line of one of its sources:
///
///   WAVESIM_POLICY(Lifo, "lifo")
///   WAVESIM_POLICY(Lifo, "lifo", "1.2, with warm caches")
///
/// The class is constructed with the experiment's `scheduling::Settings`, or with nothing. Compiled
/// with WAVESIM_METERED and -fsanitize-coverage=trace-pc, the library counts the basic blocks that
/// it runs.
#define WAVESIM_POLICY(Class, ...)                                                       \
  WAVESIM_POLICY_METER                                                                   \
  extern "C" __attribute__((visibility("default"))) const WavesimPolicyModule*           \
  wavesim_policy_module() {                                                              \
    static const WavesimPolicyModule module = scheduling::module_of<Class>(__VA_ARGS__); \
    return &module;                                                                      \
  }                                                                                      \
  static_assert(true, "takes the semicolon")

// The counter, which only a metered library has: each thread's own, because several policies of one
// library may run at once.
#if defined(WAVESIM_METERED)
#if defined(__clang__)
#define WAVESIM_UNCOUNTED __attribute__((no_sanitize("coverage"), visibility("hidden")))
#else
#define WAVESIM_UNCOUNTED __attribute__((no_sanitize_coverage, visibility("hidden")))
#endif
#define WAVESIM_POLICY_METER                                           \
  static constinit thread_local std::uint64_t wavesim_blocks_run = 0;  \
  extern "C" WAVESIM_UNCOUNTED void __sanitizer_cov_trace_pc() {       \
    ++wavesim_blocks_run;                                              \
  }                                                                    \
  extern "C" WAVESIM_UNCOUNTED std::uint64_t wavesim_policy_blocks() { \
    return wavesim_blocks_run;                                         \
  }

extern "C" std::uint64_t wavesim_policy_blocks();
#else
#define WAVESIM_POLICY_METER
#endif

// What the build says about itself: wavesim_add_policy() gives the flags.
#if defined(__clang__)
#define WAVESIM_COMPILED_BY "clang " __clang_version__
#elif defined(__GNUC__)
#define WAVESIM_COMPILED_BY "gcc " __VERSION__
#else
#define WAVESIM_COMPILED_BY "an unknown compiler"
#endif
#if !defined(WAVESIM_POLICY_FLAGS)
#if defined(__OPTIMIZE__)
#define WAVESIM_POLICY_FLAGS "optimised"
#else
#define WAVESIM_POLICY_FLAGS "not optimised"
#endif
#endif

namespace scheduling {
namespace border {

static_assert(WAVESIM_WOKEN == static_cast<int>(Policy::Why::kWoken));
static_assert(WAVESIM_YIELDED == static_cast<int>(Policy::Why::kYielded));
static_assert(WAVESIM_PREEMPTED == static_cast<int>(Policy::Why::kPreempted));
static_assert(WAVESIM_REFUSED == static_cast<int>(Policy::Why::kRefused));

inline std::int32_t fail(WavesimFailure* failure, const char* why) noexcept {
  std::snprintf(failure->why, sizeof failure->why, "%s", why);
  return WAVESIM_POLICY_FAILED;
}

/// What `call` returns; no exception leaves it.
template <class Call>
std::int32_t guarded(WavesimFailure* failure, Call call) noexcept {
  try {
    return call();
  } catch (const std::exception& error) {
    return fail(failure, error.what());
  } catch (...) {
    return fail(failure, "threw what is no std::exception");
  }
}

inline Settings read(const WavesimSettings& settings) {
  std::map<std::string, std::string> values;
  for (std::uint64_t i = 0; i < settings.count; ++i)
    values.emplace(settings.all[i].name, settings.all[i].value);
  return Settings(std::move(values));
}

template <class P>
std::unique_ptr<Policy> make(const Settings& settings) {
  static_assert(std::is_base_of_v<Policy, P>, "derive from scheduling::Policy");
  std::unique_ptr<Policy> policy;
  if constexpr (std::is_constructible_v<P, const Settings&>)
    policy = std::make_unique<P>(settings);
  else
    policy = std::make_unique<P>();
  settings.check_all_asked_for();
  return policy;
}

template <class P>
void* create(const WavesimSettings* settings, WavesimFailure* failure) {
  Policy* policy = nullptr;
  guarded(failure, [&] {
    policy = make<P>(read(*settings)).release();
    return WAVESIM_POLICY_YES;
  });
  return policy;
}

inline Policy& policy_at(void* policy) {
  return *static_cast<Policy*>(policy);
}
inline const Policy& policy_at(const void* policy) {
  return *static_cast<const Policy*>(policy);
}

inline void destroy(void* policy) {
  delete static_cast<Policy*>(policy);
}

inline std::int32_t runnable(void* policy, std::int32_t thread, std::int32_t why, std::int64_t now,
                             WavesimFailure* failure) {
  return guarded(failure, [&] {
    policy_at(policy).runnable(thread, static_cast<Policy::Why>(why), Instant{now});
    return WAVESIM_POLICY_NO;
  });
}

inline std::int32_t gone(void* policy, std::int32_t thread, WavesimFailure* failure) {
  return guarded(failure, [&] {
    policy_at(policy).gone(thread);
    return WAVESIM_POLICY_NO;
  });
}

inline std::int32_t pick(void* policy, std::int32_t cpu, std::int64_t now, std::int32_t* thread,
                         WavesimFailure* failure) {
  return guarded(failure, [&] {
    const std::optional<ThreadId> next = policy_at(policy).pick(cpu, Instant{now});
    if (!next) return WAVESIM_POLICY_NO;
    *thread = *next;
    return WAVESIM_POLICY_YES;
  });
}

inline std::int32_t reads_words(const void* policy, WavesimFailure* failure) {
  return guarded(failure, [&] { return policy_at(policy).reads_words() ? 1 : 0; });
}

inline std::int32_t word(void* policy, std::int32_t thread, std::uint64_t word,
                         WavesimFailure* failure) {
  return guarded(failure, [&] {
    policy_at(policy).word(thread, word);
    return WAVESIM_POLICY_NO;
  });
}

inline std::int32_t slice(const void* policy, std::int64_t* slice, WavesimFailure* failure) {
  return guarded(failure, [&] {
    const std::optional<Instant> span = policy_at(policy).slice();
    if (!span) return WAVESIM_POLICY_NO;
    *slice = span->count();
    return WAVESIM_POLICY_YES;
  });
}

}  // namespace border

template <class P>
WavesimPolicyModule module_of(const char* name, const char* version = "") {
  WavesimPolicyModule module{.abi_version = WAVESIM_POLICY_ABI,
                             .struct_size = sizeof(WavesimPolicyModule),
                             .features = 0,
                             .name = name,
                             .version = version,
                             .built_by = WAVESIM_COMPILED_BY ", " WAVESIM_POLICY_FLAGS,
                             .create = border::create<P>,
                             .destroy = border::destroy,
                             .runnable = border::runnable,
                             .gone = border::gone,
                             .pick = border::pick,
                             .reads_words = border::reads_words,
                             .word = border::word,
                             .slice = border::slice,
                             .blocks = nullptr};
#if defined(WAVESIM_METERED)
  module.features |= WAVESIM_POLICY_METERED;
  module.blocks = wavesim_policy_blocks;
#endif
  return module;
}

}  // namespace scheduling
