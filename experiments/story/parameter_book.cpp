// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/parameter_book.h"

#include "sim/quantity.h"

namespace story {

using experiments::ExperimentParams;

ParameterBook::ParameterBook(const ExperimentParams& params, experiments::Server& server) {
  ExperimentParams read = params;
  sim::for_each_parameter(read, [this](const sim::Parameter& p) {
    uses_.emplace(p.path(), ParameterUse{.path = p.path(),
                                         .value = p.text(),
                                         .tag = static_cast<char>(p.source().tag),
                                         .source = p.source().text,
                                         .meaning = p.meaning()});
  });
  add("machine.linux", server.kernel().params());
  for (const experiments::CorePlace& place : server.cores())
    add(place.on_nic ? "machine.nic.core" : "machine.host.core", place.core->params());
  if (server.runtime() != nullptr) add("system.agent", server.runtime()->costs());
  if (server.load() != nullptr) add("workload", server.load()->params());
}

/// A copy that a part keeps of its parameters. A kind of core may have fewer than cores have.
template <class Params>
void ParameterBook::add(const std::string& path, const Params& params) {
  auto& kept = const_cast<Params&>(params);  // only looked at
  sim::for_each_parameter(kept, [&](const sim::Parameter& p) {
    const std::string full = path + '.' + p.path();
    if (uses_.contains(full)) places_.emplace(p.address(), full);
  });
}

std::string ParameterBook::path_at(const void* address) const {
  const auto found = places_.find(address);
  return found == places_.end() ? std::string() : found->second;
}

std::string ParameterBook::path_with(const std::vector<std::string>& paths,
                                     sim::Duration value) const {
  for (const std::string& path : paths)
    if (duration(path) == value) return path;
  return {};
}

sim::Duration ParameterBook::duration(const std::string& path) const {
  return sim::parse<sim::Duration>(uses_.at(path).value);
}

}  // namespace story
