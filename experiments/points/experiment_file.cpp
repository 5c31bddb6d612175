// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/experiment_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>

#include "experiments/points/machine_file.h"
#include "experiments/points/sweep_grammar.h"
#include "experiments/policy/policies.h"
#include "experiments/text/different.h"
#include "experiments/text/hash_text.h"
#include "sim/json.h"
#include "sim/json_values.h"
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

/// What an experiment file has besides an experiment.
constexpr std::array kExpansion{"variants", "sweep"};

struct Variant {
  std::string name;
  Changes changes;
};

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
  if (path.front() != "sweep") return path;
  const auto name = std::find_if_not(path.begin() + 1, path.end(), is_sweep_word);
  Path in_file(path.begin(), name);
  if (name != path.end()) in_file.push_back(sim::dotted(Path(name, path.end())));
  return in_file;
}

bool changes_the_file(const Change& change) {
  return std::ranges::find(kExpansion, change.path.front()) != kExpansion.end();
}

// Variants

void require_object(const Place& place) {
  if (!place.json().is_object())
    throw place.error("is not an object",
                      "write what differs from the file, as in {\"system\": "
                      "{\"workers\": 15}}");
}

/// What spans an experiment would say nothing inside of it.
void require_no_expansion(const Place& variant) {
  for (const char* name : kExpansion) {
    if (!variant.json().contains(name)) continue;
    Path path = variant.path();
    path.emplace_back(name);
    throw sim::ConfigError(variant.document().where(path, true), "is inside a variant",
                           name == std::string_view("sweep")
                               ? "a sweep stands beside the variants, and each is run with it"
                               : "write each variant beside the others");
  }
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

/// Names stand in tables on terminals, where a control character could do anything.
void require_plain_name(const std::string& name, const Place& variants) {
  if (std::ranges::any_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    throw variants.error("has a name with a control character in it",
                         "write letters, digits and signs");
}

std::vector<Variant> read_variants(const Document& document) {
  const auto place = document.find("variants");
  if (!place) return {{}};
  require_object(*place);
  std::vector<Variant> variants;
  for (const auto& [name, json] : place->json().items()) {
    if (name == "about") continue;
    require_plain_name(name, *place);
    const Place variant = place->member(name, json);
    require_object(variant);
    require_no_expansion(variant);
    collect(variant, {}, variants.emplace_back(Variant{.name = name, .changes = {}}).changes);
  }
  if (variants.empty()) return {{}};
  return variants;
}

// The sweep

/// Variants and sweeps are expanded before any value is swept.
void require_parameters(const Changes& combination) {
  for (const Change& change : combination) {
    if (!changes_the_file(change)) continue;
    throw sim::ConfigError({.file = change.origin, .path = sim::dotted(change.path)},
                           "is swept, and no parameter",
                           "sweep a parameter, as in {\"system.workers\": [8, 16]}");
  }
}

/// One combination without changes, if nothing is swept.
std::vector<Changes> combinations_in(const Document& document, std::size_t variants,
                                     std::size_t most) {
  const auto place = document.find("sweep");
  if (!place) return {{}};
  std::vector<Changes> combinations = read_sweep(*place, most);
  require_parameters(combinations.front());
  if (combinations.size() > most / variants)
    throw place->error(fmt::format("asks for more than {} points", most), "sweep fewer values");
  return combinations;
}

// Settings beside variants and sweeps

bool overlap(const Path& a, const Path& b) {
  const auto common = static_cast<std::ptrdiff_t>(std::min(a.size(), b.size()));
  return std::equal(a.begin(), a.begin() + common, b.begin());
}

bool overlap(const Changes& changes, const Path& path) {
  return std::ranges::any_of(changes, [&](const Change& c) { return overlap(c.path, path); });
}

/// An empty object leaves what is there as it is.
bool says_nothing(const Change& change) {
  return change.value.is_object() && change.value.empty();
}

/// A point would say one value and be simulated with another.
void require_unswept(const Changes& settings, const std::vector<Changes>& combinations) {
  for (const Change& setting : settings) {
    if (combinations.empty() || !overlap(combinations.front(), setting.path)) continue;
    const std::string path = sim::dotted(setting.path);
    throw sim::ConfigError(setting.origin, "the file sweeps " + path,
                           fmt::format("choose among its values, as with --set 'sweep.{}=[{}]'",
                                       path, setting.value.dump()));
  }
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
    if (says_nothing(change) && has(document, change.path)) continue;
    document.set(change.path, change.value, change.origin);
  }
}

/// Throws unless the document is what is to be read.
using Reads = void (*)(const Document&);

void reads_service(const Document& document) {
  workloads::read_capture(document);
}
void reads_pages(const Document& document) {
  workloads::read_page_capture(document);
}

/// A file as the experiment names it.
struct NamedFile {
  const char* parameter;
  std::string name;
  std::string path;
  Reads reads;  // none: such files do not come with the program
};

NamedFile named_capture(const char* parameter, const std::string& name, Reads reads) {
  const std::string path = workloads::path_of_capture(name);
  return {parameter, name, path, path == name ? nullptr : reads};
}

bool can_read(const std::filesystem::path& file, Reads reads) try {
  reads(Document::load(file.string()));
  return true;
} catch (const sim::ConfigError&) {
  return false;
}

/// Captures of one kind that come with the program, beside the one that was asked for.
std::vector<std::string> captures_beside(const NamedFile& asked) {
  const auto folder = std::filesystem::path(asked.path).parent_path();
  std::vector<std::string> names;
  std::error_code unknown;
  for (const auto& entry : std::filesystem::directory_iterator(folder, unknown))
    if (can_read(entry.path(), asked.reads)) names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

/// Where the experiment names the file, and then where in the file.
sim::ConfigError error_in_file(const Document& document, const NamedFile& file,
                               const sim::ConfigError& error) {
  const sim::ConfigError in_file(error.where(), error.wrong());
  return {
      document.where(sim::split(file.parameter)), in_file.what(),
      file.reads == nullptr ? error.remedy() : sim::suggestion(file.name, captures_beside(file))};
}

/// Parameter and path of each file that decides what is simulated.
std::vector<std::pair<std::string, std::string>> files_of(const ExperimentParams& params) {
  std::vector<std::pair<std::string, std::string>> files;
  const auto add_capture = [&](const char* parameter, const std::string& name) {
    files.emplace_back(parameter, workloads::path_of_capture(name));
  };
  const workloads::ServiceParams& service = params.workload.service;
  const bool is_bimodal = service.kind == workloads::ServiceKind::kEmpiricalBimodal;
  if (is_bimodal || service.kind == workloads::ServiceKind::kEmpirical)
    add_capture("workload.service.capture", service.capture);
  if (is_bimodal) add_capture("workload.service.long_capture", service.long_capture);
  if (params.workload.arrivals.kind == workloads::ArrivalKind::kTrace)
    files.emplace_back("workload.arrivals.trace", params.workload.arrivals.trace);
  if (params.run.measure == Measure::kMemory &&
      params.memory.load.kind == workloads::PageLoadKind::kCapture)
    add_capture("memory.load.capture", params.memory.load.capture);
  return files;
}

/// Of nothing, for a file that cannot be read: whoever reads it says so.
std::string hash_of_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(stream), {});
  return hash_text(sim::hash_name(bytes));
}

/// The files that loads name are looked at once, however many points name them.
class Files {
 public:
  void check(const Document& document, const ExperimentParams& params) {
    check(document, params.workload);
    if (params.run.measure == Measure::kMemory) check(document, params.memory.load);
  }
  /// A policy's library lies beside the experiment.
  void resolve(const Document& document, ExperimentParams& params) {
    PolicyParams& policy = params.system.policy;
    const std::string asked = sim::write_text(policy);
    const auto known = policies_.find(asked);
    if (known != policies_.end()) {
      policy = known->second;
      return;
    }
    try {
      resolve_policy(policy, std::filesystem::path(document.file()).parent_path());
    } catch (const sim::ConfigError& error) {
      throw Place(document, sim::split("system.policy"), document.json()).locate(error);
    }
    policies_.emplace(asked, policy);
  }
  /// By parameter: what a file says may change, and its name stays.
  Json hashes(const ExperimentParams& params) {
    Json all = Json::object();
    for (const auto& [parameter, path] : files_of(params)) {
      const auto [hash, is_new] = hashes_.try_emplace(path);
      if (is_new) hash->second = hash_of_file(path);
      all[parameter] = hash->second;
    }
    return all;
  }

 private:
  void check(const Document& document, const workloads::RequestLoadParams& load) {
    const workloads::ServiceParams& service = load.service;
    try_once(document, "workload.service", sim::write_text(service),
             {named_capture("workload.service.capture", service.capture, reads_service),
              named_capture("workload.service.long_capture", service.long_capture, reads_service)},
             [&] { workloads::make_service_times(service, 1); });
    const std::string& trace = load.arrivals.trace;
    if (load.arrivals.kind == workloads::ArrivalKind::kTrace)
      try_once(document, "workload.arrivals", sim::write_text(load.arrivals),
               {{"workload.arrivals.trace", trace, trace, nullptr}},
               [&] { workloads::make_arrivals(load.arrivals, 1); });
  }
  void check(const Document& document, const workloads::PageLoadParams& load) {
    if (load.kind != workloads::PageLoadKind::kCapture) return;
    const NamedFile file = named_capture("memory.load.capture", load.capture, reads_pages);
    try_once(document, file.parameter, "pages of " + load.capture, {file},
             [&] { reads_pages(Document::load(file.path)); });
  }

  template <class Try>
  void try_once(const Document& document, const char* path, const std::string& what,
                const std::vector<NamedFile>& files, Try attempt) {
    if (!seen_.insert(what).second) return;
    try {
      attempt();
    } catch (const sim::ConfigError& error) {
      for (const NamedFile& file : files)
        if (error.where().file == file.path) throw error_in_file(document, file, error);
      throw Place(document, sim::split(path), document.json()).locate(error);
    }
  }

  std::set<std::string> seen_;
  std::map<std::string, PolicyParams> policies_;  // as asked for, and as found
  std::map<std::string, std::string> hashes_;     // by path
};

/// The experiment alone, without what spans it.
Document without_expansion(const Document& document) {
  Document alone = document;
  for (const char* name : kExpansion)
    if (document.json().is_object() && document.json().contains(name))
      alone.set({name}, Json::object(), document.file());
  return alone;
}

ExperimentParams read_experiment(const Document& document, const MachineParams& machine,
                                 Files& files) {
  ExperimentParams params;
  params.machine = machine;
  sim::read_into(params, document, "", {kExpansion.begin(), kExpansion.end()});
  files.check(document, params);
  files.resolve(document, params);
  return params;
}

/// Takes it out of the document, since it is no part of what is simulated.
std::optional<PrecisionParams> take_precision(Document& document) {
  const auto place = document.find("run.precision");
  if (!place) return std::nullopt;
  std::optional<PrecisionParams> precision;
  if (!place->json().is_null()) precision = sim::read<PrecisionParams>(*place);
  Json run = document.find("run")->json();
  run.erase("precision");
  document.set({"run"}, run, document.file());
  return precision;
}

void check(const Document& document, const PrecisionParams& precision, const RunParams& run) {
  const auto refuse = [&](const char* name, const std::string& wrong, const std::string& remedy) {
    const Path path{"run", "precision", name};
    throw sim::ConfigError(document.where(path), wrong, remedy);
  };
  if (precision.value.empty())
    refuse("value", "names no value", "name one of the results, as in \"p99_us\"");
  if (!(0 < precision.half_width && precision.half_width < 1))
    refuse("half_width", "is not a share between 0 and 1", "give 0.02 for 2 %");
  if (precision.most < run.replications || precision.most > 10'000)
    refuse("most", fmt::format("{} is out of bounds", precision.most),
           fmt::format("give {} (run.replications) to 10000", run.replications));
}

/// Further replications of a point are more of the same, so their number is not part of its name.
/// What is in the files that it names is.
std::string key_of(Json resolved, const Json& hashes_of_files) {
  for (const char* how_often : {"replications", "precision"}) resolved["run"].erase(how_often);
  // Where a policy's library lay says nothing about it; its build does.
  resolved["system"]["policy"].erase("library");
  if (!hashes_of_files.empty()) resolved["files"] = hashes_of_files;
  return hash_text(sim::hash_name(resolved.dump()));
}

void resolve(Point& point, Files& files) {
  Json resolved = sim::write(point.params);
  if (point.precision) resolved["run"]["precision"] = sim::write(*point.precision);
  point.resolved = resolved.dump();
  point.key = key_of(std::move(resolved), files.hashes(point.params));
}

class Expansion {
 public:
  Expansion(const Document& document, Changes settings, const MachineParams& machine,
            std::size_t most)
      : machine_(machine),
        alone_(without_expansion(document)),
        variants_(read_variants(document)),
        combinations_(combinations_in(document, variants_.size(), most)),
        settings_(std::move(settings)),
        sweep_(document.where({"sweep"})) {
    require_unswept(settings_, combinations_);
  }

  std::vector<Point> run() {
    std::vector<Point> points;
    std::set<std::pair<std::string, Swept>> names;
    for (const Variant& variant : variants_) {
      Document document = alone_;
      apply(document, variant.changes);
      for (const Changes& combination : combinations_) {
        points.push_back(make_point(variant.name, document, combination));
        if (!names.emplace(variant.name, points.back().swept).second)
          throw sim::ConfigError(sweep_,
                                 "leads twice to " + point_name(variant.name, points.back().swept),
                                 "leave one out");
      }
    }
    return points;
  }

 private:
  Point make_point(const std::string& variant, Document document, const Changes& combination) {
    Point point;
    point.variant = variant;
    for (const Change& change : combination) {
      point.swept.emplace_back(sim::dotted(change.path), sim::bare_text(change.value));
      document.set(change.path, change.value, change.origin);
    }
    apply(document, settings_);
    Document simulated = document;
    point.precision = take_precision(simulated);
    point.params = read_experiment(simulated, machine_, files_);
    if (point.precision) check(document, *point.precision, point.params.run);
    resolve(point, files_);
    return point;
  }

  const MachineParams machine_;
  const Document alone_;
  const std::vector<Variant> variants_;
  const std::vector<Changes> combinations_;
  const Changes settings_;
  const sim::Where sweep_;
  Files files_;
};

}  // namespace

void resolve(Point& point) {
  Files files;
  resolve(point, files);
}

std::vector<Point> expand(const Document& document, const std::vector<std::string>& settings,
                          std::size_t most) {
  return expand(document, settings, {}, most);
}

std::vector<Point> expand(const Document& document, const std::vector<std::string>& settings,
                          const MachineParams& machine, std::size_t most) {
  Document changed = document;
  Changes of_points;
  for (const std::string& setting : settings) {
    Change change = read_setting(setting);
    if (changes_the_file(change))
      changed.set(path_in_file(change.path), change.value, change.origin);
    else
      of_points.push_back(std::move(change));
  }
  return Expansion(changed, std::move(of_points), machine, most).run();
}

std::vector<std::string> variants_that_set(const Document& document, const std::string& setting) {
  const Change change = read_setting(setting);
  std::vector<std::string> names;
  if (changes_the_file(change) || says_nothing(change)) return names;
  for (const Variant& variant : read_variants(document))
    if (overlap(variant.changes, change.path)) names.push_back(variant.name);
  return names;
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
  return path.empty() ? MachineParams{} : read_machine(Document::load(path));
}

MachineParams read_machine(const Document& document) {
  const auto file = sim::read<MachineFile>(document);
  if (!document.find("machine"))
    throw document.root().error("has no machine", "write {\"machine\": {...}}");
  return file.machine;
}

std::vector<std::string> variants_of(const std::vector<Point>& points) {
  std::vector<std::string> names;
  for (const Point& point : points)
    if (!point.variant.empty()) add_once(names, point.variant);
  return names;
}

std::vector<std::string> files_named_in(const std::vector<Point>& points) {
  std::set<std::string> names;
  for (const Point& point : points) {
    for (const auto& [parameter, path] : files_of(point.params)) names.insert(path);
    names.insert(point.params.system.policy.library);
  }
  names.erase("");
  return {names.begin(), names.end()};
}

std::string point_name(const std::string& variant, const Swept& swept) {
  std::string name = variant;
  for (const auto& [path, value] : swept) {
    if (!name.empty()) name += ", ";
    name.append(path).append(" = ").append(value);
  }
  return name.empty() ? "the only point" : name;
}

std::string about(const Document& document) {
  const auto place = document.find("about");
  return place && place->json().is_string() ? place->json().get<std::string>() : std::string();
}

}  // namespace experiments
