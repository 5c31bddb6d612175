// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "experiments/policy/policy_params.h"
#include "subsystems/scheduling/policies/policy_abi.h"

namespace experiments {

/// A shared object with a policy in it, loaded as long as somebody holds this. Its code runs in
/// this process, with all of the user's rights.
class PolicyLibrary {
 public:
  /// Throws sim::ConfigError, without a path, for what is no such library.
  static std::shared_ptr<const PolicyLibrary> open(const std::string& file);
  ~PolicyLibrary();
  PolicyLibrary(const PolicyLibrary&) = delete;
  PolicyLibrary& operator=(const PolicyLibrary&) = delete;

  const WavesimPolicyModule& module() const { return *module_; }
  const PolicyBuild& build() const { return build_; }
  bool metered() const { return (module_->features & WAVESIM_POLICY_METERED) != 0; }

 private:
  PolicyLibrary(void* handle, const WavesimPolicyModule* module, const std::string& hash);

  void* const handle_;
  const WavesimPolicyModule* const module_;
  const PolicyBuild build_;
};

/// What a library says, made fit to stand in a line: printable, and not too long.
std::string in_one_line(std::string_view text);

/// Throws sim::ConfigError, without a path, if this program cannot use the module.
void require_usable(const WavesimPolicyModule* module);

}  // namespace experiments
