// SPDX-License-Identifier: Apache-2.0
#include "experiments/policy/policies.h"

#include <filesystem>
#include <map>
#include <utility>

#include "experiments/policy/loaded_policy.h"
#include "experiments/policy/policy_library.h"
#include "sim/check.h"
#include "sim/config_error.h"
#include "sim/quantity.h"
#include "sim/shipped_file.h"
#include "sim/wording.h"
#include "subsystems/scheduling/policies/fifo.h"
#include "subsystems/scheduling/policies/metered_policy.h"
#include "subsystems/scheduling/policies/multi_queue_shinjuku.h"
#include "subsystems/scheduling/policies/shinjuku.h"

namespace experiments {

using namespace std::chrono_literals;

void check(const ClassParams& params) {
  if (params.slo < 1us)
    throw sim::ConfigError("slo", "is too short for any request", "give at least 1 us");
}

void check(const PolicyParams& params) {
  if (params.slice < 1us)
    throw sim::ConfigError("slice", "is too short: an interrupt alone takes longer",
                           "give at least 1 us");
  if (params.classes.empty() || params.classes.size() > 1000)
    throw sim::ConfigError("classes", "has no class, or more than a thousand",
                           "give an SLO for each, as in [{\"slo\": \"100 us\"}]");
  if (params.kind == PolicyKind::kLoaded && params.library.empty())
    throw sim::ConfigError("library", "names no library",
                           "give your policy's, as in \"./libmine.so\"");
}

namespace {

using Library = std::shared_ptr<const PolicyLibrary>;

std::vector<scheduling::Instant> slos(const PolicyParams& params) {
  std::vector<scheduling::Instant> all;
  for (const ClassParams& c : params.classes) all.push_back(c.slo);
  return all;
}

std::string slos_as_text(const PolicyParams& params) {
  std::string text;
  for (const ClassParams& c : params.classes)
    text += (text.empty() ? "" : ", ") + sim::to_text(c.slo);
  return text;
}

bool has_library(const PolicyParams& params) {
  return params.kind == PolicyKind::kLoaded || params.cost == PolicyCost::kMetered;
}

std::string name_of_kind(PolicyKind kind) {
  for (const auto& [value, name] : enum_names(std::type_identity<PolicyKind>{}))
    if (value == kind) return name;
  sim::broken("a policy of a known kind", __FILE__, __LINE__);
}

/// Ours are built a second time, as libraries that count.
std::string library_of(const PolicyParams& params) {
  if (params.kind == PolicyKind::kLoaded) return params.library;
  return sim::shipped_file(WAVESIM_POLICIES_INSTALLED, WAVESIM_POLICIES_BUILT) + '/' +
         name_of_kind(params.kind) + ".so";
}

std::map<std::string, sim::Argument> settings_of(const PolicyParams& params) {
  switch (params.kind) {
    case PolicyKind::kFifo:
      return {};
    case PolicyKind::kShinjuku:
      return {{"slice", {sim::to_text(params.slice)}}};
    case PolicyKind::kMultiQueueShinjuku:
      return {{"slice", {sim::to_text(params.slice)}}, {"slos", {slos_as_text(params)}}};
    case PolicyKind::kLoaded:
      return params.parameters;
  }
  sim::broken("a policy of a known kind", __FILE__, __LINE__);
}

void require_build(const PolicyParams& params, const PolicyLibrary& library) {
  if (!params.build || params.build->hash == library.build().hash) return;
  throw sim::ConfigError("build",
                         "the library's hash is " + library.build().hash +
                             ", and the experiment is about " + sim::in_quotes(params.build->hash),
                         "build that again, or leave out system.policy.build");
}

/// Adds the member's name to an error of something that does not know it.
template <class Attempt>
auto at_member(const char* member, Attempt attempt) {
  try {
    return attempt();
  } catch (const PolicyFault&) {
    throw;
  } catch (const sim::ConfigError& error) {
    if (!error.where().path.empty()) throw;
    throw sim::ConfigError(member, error.wrong(), error.remedy());
  }
}

Library library_for(const PolicyParams& params) {
  Library library = at_member("library", [&] { return PolicyLibrary::open(library_of(params)); });
  require_build(params, *library);
  if (params.cost == PolicyCost::kMetered && !library->metered())
    throw sim::ConfigError("cost", "the library does not count what it runs",
                           "build it with wavesim_add_policy(... METERED), or with "
                           "-DWAVESIM_METERED -fsanitize-coverage=trace-pc");
  return library;
}

std::unique_ptr<scheduling::Policy> policy_in(const Library& library, const PolicyParams& params) {
  return at_member("parameters",
                   [&] { return std::make_unique<LoadedPolicy>(library, settings_of(params)); });
}

/// With the code that is part of this program.
std::unique_ptr<scheduling::Policy> own_policy(const PolicyParams& params) {
  switch (params.kind) {
    case PolicyKind::kFifo:
      return std::make_unique<scheduling::Fifo>();
    case PolicyKind::kShinjuku:
      return std::make_unique<scheduling::Shinjuku>(params.slice);
    case PolicyKind::kMultiQueueShinjuku:
      return std::make_unique<scheduling::MultiQueueShinjuku>(params.slice, slos(params));
    case PolicyKind::kLoaded:
      break;
  }
  sim::broken("a policy of a known kind", __FILE__, __LINE__);
}

}  // namespace

std::unique_ptr<scheduling::Policy> make_policy(const PolicyParams& params,
                                                wave::Runtime& runtime) {
  auto policy = make_policy(params);
  if (params.cost == PolicyCost::kDeclared) return policy;
  return std::make_unique<scheduling::MeteredPolicy>(runtime, std::move(policy),
                                                     library_for(params)->module().blocks);
}

std::unique_ptr<scheduling::Policy> make_policy(const PolicyParams& params) {
  if (!has_library(params)) return own_policy(params);
  return policy_in(library_for(params), params);
}

void resolve_policy(PolicyParams& params, const std::string& folder) {
  if (!has_library(params)) {
    params.build.reset();
    return;
  }
  if (params.kind == PolicyKind::kLoaded)
    params.library = std::filesystem::absolute(std::filesystem::path(folder) / params.library)
                         .lexically_normal();
  const Library library = library_for(params);
  policy_in(library, params);
  params.build = library->build();
}

}  // namespace experiments
