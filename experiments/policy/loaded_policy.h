// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/policy/policy_library.h"
#include "sim/argument.h"
#include "sim/config_error.h"
#include "subsystems/scheduling/policies/policy.h"

namespace experiments {

/// A policy from outside did what no policy may do. Bad input of a kind, found while it runs.
class PolicyFault : public sim::ConfigError {
 public:
  PolicyFault(const std::string& policy, const std::string& what)
      : ConfigError("policy " + policy, what, "this is the policy's fault, not wavesim's") {}
};

/// A policy in a library. What it answers is checked: it may give a thread that waits, once. Throws
/// PolicyFault if it does something else, or fails.
///
/// Not caught: code that crashes, does not return or writes where it should not.
class LoadedPolicy : public scheduling::Policy {
 public:
  using ThreadId = scheduling::ThreadId;
  using Instant = scheduling::Instant;

  /// Throws sim::ConfigError if the policy does not like its parameters.
  LoadedPolicy(std::shared_ptr<const PolicyLibrary> library,
               const std::map<std::string, sim::Argument>& parameters);
  ~LoadedPolicy() override;
  LoadedPolicy(const LoadedPolicy&) = delete;
  LoadedPolicy& operator=(const LoadedPolicy&) = delete;

  void runnable(ThreadId thread, Why why, Instant now) override;
  void gone(ThreadId thread) override;
  std::optional<ThreadId> pick(scheduling::Cpu cpu, Instant now) override;
  bool reads_words() const override;
  void word(ThreadId thread, std::uint64_t word) override;
  std::optional<Instant> slice() const override;

 private:
  /// What has been said of a thread last.
  enum class Said : std::uint8_t { kNothing, kRunnable, kGone, kPicked };

  const WavesimPolicyModule& module() const { return library_->module(); }
  Said& said(ThreadId thread);
  /// The value of a function that answers nothing, or yes and no.
  void require_done(const char* call, std::int32_t result) const;
  bool answer(const char* call, std::int32_t result) const;
  void require_to_give(ThreadId thread);
  [[noreturn]] void blame(const char* call, const std::string& what) const;

  const std::shared_ptr<const PolicyLibrary> library_;
  void* policy_;
  mutable WavesimFailure failure_{};
  std::vector<Said> threads_;
};

}  // namespace experiments
