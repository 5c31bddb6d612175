// SPDX-License-Identifier: Apache-2.0
#include "experiments/experiment_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "experiments/machine_file.h"
#include "sim/json.h"
#include "sim/random.h"
#include "sim/wording.h"
#include "workloads/arrivals.h"
#include "workloads/capture_file.h"
#include "workloads/page_capture.h"
#include "workloads/service_times.h"

namespace experiments {
namespace {

using sim::Document;
using sim::Json;
using sim::Path;
using sim::Place;

/// One value that a variant, a sweep or the command line puts at a path of the experiment.
// NOLINTNEXTLINE(bugprone-exception-escape): moving JSON does not throw
struct Change {
  Path path;
  Json value;
  std::string origin;  // for errors
};
using Changes = std::vector<Change>;

struct Variant {
  std::string name;
  Changes changes;
};

struct SweptPath {
  std::string path;
  Changes values;
};

// Errors about a change name the place where it was written.
std::string origin_of(const Place& place) {
  const sim::Where where = place.document().where(place.path());
  if (where.line == 0) return where.file;
  return fmt::format("{}:{}:{}", where.file, where.line, where.column);
}

// The command line

/// `path=value`, read as the kernel reads it.
Change read_setting(const std::string& setting) {
  Document alone = Document::parse("{}", {});
  sim::apply_override(alone, setting);
  const Path path = sim::split(setting.substr(0, setting.find('=')));
  const Json* value = &alone.json();
  for (const std::string& step : path) value = &value->at(step);
  return {.path = path, .value = *value, .origin = "--set " + sim::repeated(setting)};
}

/// A swept path is one name, dots and all, although the command line cannot tell.
Path path_in_file(const Path& path) {
  if (path.front() != "sweep" || path.size() < 3) return path;
  return {"sweep", sim::dotted(Path(path.begin() + 1, path.end()))};
}

bool changes_the_file(const Change& change) {
  return change.path.front() == "variants" || change.path.front() == "sweep";
}

// Variants

void require_object(const Place& place) {
  if (!place.json().is_object())
    throw place.error("is not an object",
                      "write what differs from the file, as in {\"system\": "
                      "{\"workers\": 15}}");
}

/// Every value below `place`; lists are one value.
void collect(const Place& place, const Path& path, Changes& changes) {
  if (!place.json().is_object() || (place.json().empty() && !path.empty())) {
    changes.push_back({.path = path, .value = place.json(), .origin = origin_of(place)});
    return;
  }
  for (const auto& [name, json] : place.json().items()) {
    if (name == "about") continue;
    Path below = path;
    below.push_back(name);
    collect(place.member(name, json), below, changes);
  }
}

std::vector<Variant> read_variants(const Document& document) {
  const auto place = document.find("variants");
  if (!place) return {{}};
  require_object(*place);
  std::vector<Variant> variants;
  for (const auto& [name, json] : place->json().items()) {
    if (name == "about") continue;
    const Place variant = place->member(name, json);
    require_object(variant);
    collect(variant, {}, variants.emplace_back(Variant{.name = name, .changes = {}}).changes);
  }
  if (variants.empty()) return {{}};
  return variants;
}

// The sweep

SweptPath read_swept(const Place& list, const std::string& path) {
  if (!list.json().is_array() || list.json().empty())
    throw list.error("is not a list of values", "write the values to try, as in [8, 16]");
  SweptPath swept{.path = path, .values = {}};
  for (std::size_t i = 0; i < list.json().size(); ++i) {
    const Place value = list.member(std::to_string(i), list.json()[i]);
    swept.values.push_back(
        {.path = sim::split(path), .value = value.json(), .origin = origin_of(value)});
  }
  return swept;
}

std::vector<SweptPath> read_sweep(const Document& document) {
  const auto place = document.find("sweep");
  if (!place) return {};
  if (!place->json().is_object())
    throw place->error("is not an object",
                       "write paths and values, as in {\"system.workers\": [8, 16]}");
  std::vector<SweptPath> sweep;
  for (const auto& [path, json] : place->json().items()) {
    if (path == "about") continue;
    if (path.empty()) throw place->error("a swept path is empty", "name a parameter");
    sweep.push_back(read_swept(place->member(path, json), path));
  }
  return sweep;
}

std::size_t count_points(const Document& document, std::size_t variants,
                         const std::vector<SweptPath>& sweep) {
  std::size_t points = variants;
  for (const SweptPath& swept : sweep) {
    points *= swept.values.size();
    if (points > kMostPoints)
      throw sim::ConfigError(document.where({"sweep"}),
                             fmt::format("asks for more than {} points", kMostPoints),
                             "sweep fewer values");
  }
  return points;
}

// Points

bool has(const Document& document, const Path& path) {
  std::optional<Place> place = document.root();
  for (const std::string& step : path)
    if (place) place = place->find(step);
  return place.has_value();
}

void apply(Document& document, const Changes& changes) {
  for (const Change& change : changes) {
    const bool says_nothing = change.value.is_object() && change.value.empty();
    if (says_nothing && has(document, change.path)) continue;
    document.set(change.path, change.value, change.origin);
  }
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The files that loads name are looked at once, however many points name them.
class Files {
 public:
  void check(const Document& document, const ExperimentParams& params) {
    check(document, params.workload);
    if (params.run.measure == Measure::kMemory) check(document, params.memory.load);
  }

 private:
  void check(const Document& document, const workloads::RequestLoadParams& load) {
    try_once(document, "workload.service", sim::write_text(load.service),
             [&] { workloads::make_service_times(load.service, 1); });
    if (load.arrivals.kind == workloads::ArrivalKind::kTrace)
      try_once(document, "workload.arrivals", sim::write_text(load.arrivals),
               [&] { workloads::make_arrivals(load.arrivals, 1); });
  }
  void check(const Document& document, const workloads::PageLoadParams& load) {
    if (load.kind != workloads::PageLoadKind::kCapture) return;
    try_once(document, "memory.load.capture", "pages of " + load.capture, [&] {
      workloads::read_page_capture(Document::load(workloads::path_of_capture(load.capture)));
    });
  }

  template <class Try>
  void try_once(const Document& document, const char* path, const std::string& what, Try attempt) {
    if (!seen_.insert(what).second) return;
    try {
      attempt();
    } catch (const sim::ConfigError& error) {
      throw Place(document, sim::split(path), document.json()).locate(error);
    }
  }

  std::set<std::string> seen_;
};

/// The experiment alone, without what spans it.
Document without_expansion(const Document& document) {
  Document alone = document;
  for (const char* name : {"variants", "sweep"})
    if (document.json().is_object() && document.json().contains(name))
      alone.set({name}, Json::object(), document.file());
  return alone;
}

ExperimentParams read_experiment(const Document& document, const MachineParams& machine,
                                 Files& files) {
  ExperimentParams params;
  params.machine = machine;
  sim::read_into(params, document, "", {"variants", "sweep"});
  files.check(document, params);
  return params;
}

/// Further replications of a point are more of the same, so their number is not part of its name.
std::string key_of(Json resolved) {
  resolved["run"].erase("replications");
  return fmt::format("{:016x}", sim::hash_name(resolved.dump()));
}

class Expansion {
 public:
  Expansion(const Document& document, Changes settings, const MachineParams& machine)
      : machine_(machine),
        alone_(without_expansion(document)),
        variants_(read_variants(document)),
        sweep_(read_sweep(document)),
        settings_(std::move(settings)),
        combinations_(count_points(document, variants_.size(), sweep_) / variants_.size()) {}

  std::vector<Point> run() {
    std::vector<Point> points;
    for (const Variant& variant : variants_) {
      Document document = alone_;
      apply(document, variant.changes);
      for (std::size_t i = 0; i < combinations_; ++i)
        points.push_back(make_point(variant.name, document, i));
    }
    return points;
  }

 private:
  Point make_point(const std::string& variant, Document document, std::size_t combination) {
    Point point;
    point.variant = variant;
    for (const Change& change : chosen(combination)) {
      point.swept.emplace_back(sim::dotted(change.path), text_of(change.value));
      document.set(change.path, change.value, change.origin);
    }
    apply(document, settings_);
    point.params = read_experiment(document, machine_, files_);
    const Json resolved = sim::write(point.params);
    point.resolved = resolved.dump();
    point.key = key_of(resolved);
    return point;
  }

  /// One value of each swept path, the last path changing fastest.
  Changes chosen(std::size_t combination) const {
    Changes changes(sweep_.size());
    for (std::size_t i = sweep_.size(); i-- > 0;) {
      const Changes& values = sweep_[i].values;
      changes[i] = values[combination % values.size()];
      combination /= values.size();
    }
    return changes;
  }

  const MachineParams machine_;
  const Document alone_;
  const std::vector<Variant> variants_;
  const std::vector<SweptPath> sweep_;
  const Changes settings_;
  const std::size_t combinations_;
  Files files_;
};

}  // namespace

std::vector<Point> expand(const Document& document, const std::vector<std::string>& settings) {
  return expand(document, settings, {});
}

std::vector<Point> expand(const Document& document, const std::vector<std::string>& settings,
                          const MachineParams& machine) {
  Document changed = document;
  Changes of_points;
  for (const std::string& setting : settings) {
    Change change = read_setting(setting);
    if (changes_the_file(change))
      changed.set(path_in_file(change.path), change.value, change.origin);
    else
      of_points.push_back(std::move(change));
  }
  return Expansion(changed, std::move(of_points), machine).run();
}

namespace {

struct MachineFile {
  MachineParams machine;

  static void describe(auto&& field) {
    field(&MachineFile::machine, "machine", "what differs from the default machine");
  }
};

}  // namespace

MachineParams read_machine(const std::string& path) {
  if (path.empty()) return {};
  const Document document = Document::load(path);
  const auto file = sim::read<MachineFile>(document);
  if (!document.find("machine"))
    throw document.root().error("has no machine", "write {\"machine\": {...}}");
  return file.machine;
}

std::string about(const Document& document) {
  const auto place = document.find("about");
  return place && place->json().is_string() ? place->json().get<std::string>() : std::string();
}

}  // namespace experiments
