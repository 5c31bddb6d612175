// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "experiments/measure/experiment.h"
#include "sim/parameters.h"

namespace story {

/// A parameter as `wavesim params` shows it, with the value that it has in a run.
struct ParameterUse {
  std::string path;
  std::string value;
  char tag = '?';
  std::string source;
  std::string meaning;
};

/// Which parameter a number comes from, found by where the parts of a server keep theirs.
class ParameterBook {
 public:
  ParameterBook(const experiments::ExperimentParams& params, experiments::Server& server);

  /// Empty: no parameter is there.
  std::string path_at(const void* address) const;
  /// Of `paths`, the first that has this value; empty: none has.
  std::string path_with(const std::vector<std::string>& paths, sim::Duration value) const;
  sim::Duration duration(const std::string& path) const;
  /// What is known of the parameter at `path`, which is one.
  const ParameterUse& at(const std::string& path) const { return uses_.at(path); }
  bool knows(const std::string& path) const { return uses_.contains(path); }

 private:
  template <class Params>
  void add(const std::string& path, const Params& params);

  std::map<std::string, ParameterUse> uses_;
  std::map<const void*, std::string> places_;  // looked up, never gone through
};

}  // namespace story
