// SPDX-License-Identifier: Apache-2.0
#include "experiments/regress/regress.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

#include "experiments/points/machine_file.h"
#include "experiments/system/stoppable.h"
#include "sim/check.h"
#include "sim/json.h"
#include "sim/wording.h"

namespace experiments {
namespace {

struct TargetFile {
  std::vector<Target> targets;

  static void describe(auto&& field) {
    field(&TargetFile::targets, "targets", "the paper's numbers");
  }
};

struct AcceptedFile {
  std::map<std::string, Accepted> accepted;

  static void describe(auto&& field) {
    field(&AcceptedFile::accepted, "accepted", "values by target");
  }
};

using Found = std::map<std::string, std::vector<PointResult>>;

/// Why a target has no value; becomes its `problem`.
struct NoValue : std::runtime_error {
  using std::runtime_error::runtime_error;
};

const std::vector<PointResult>& results_of(const Found& found, const std::string& experiment) {
  const auto results = found.find(experiment);
  if (results == found.end()) throw NoValue("stopped before " + experiment + " was run");
  return results->second;
}

/// The variant's points, in the order of the sweep.
std::vector<const PointResult*> points_of(const Found& found, const TargetSource& from,
                                          const std::string& variant) {
  std::vector<const PointResult*> points;
  for (const PointResult& result : results_of(found, from.experiment))
    if (result.point.variant == variant) points.push_back(&result);
  if (points.empty()) throw NoValue(from.experiment + " has no result for \"" + variant + "\"");
  return points;
}

sim::Replications value_of(const PointResult& result, const TargetSource& from) {
  if (result.failed()) throw NoValue(from.experiment + " failed: " + result.error);
  sim::Replications value = result.value(from.value);
  if (value.count() == 0) throw NoValue(from.experiment + " found no " + from.value);
  return value;
}

/// Both systems got the same requests in each replication, so they are compared in each.
sim::Replications paired_ratio(const sim::Replications& above, const sim::Replications& below) {
  sim::Replications ratio;
  for (const auto& [replication, value] : above.values()) {
    const auto other = below.values().find(replication);
    if (other == below.values().end() || other->second == 0)
      throw NoValue("a replication has nothing to divide by");
    ratio.add(replication, value / other->second);
  }
  return ratio;
}

sim::Replications complement(const sim::Replications& shares) {
  sim::Replications rest;
  for (const auto& [replication, share] : shares.values()) rest.add(replication, 1 - share);
  return rest;
}

/// The same point of the sweep, of another variant.
const PointResult& twin_of(const PointResult& point, const Found& found, const TargetSource& from,
                           const std::string& variant) {
  for (const PointResult* other : points_of(found, from, variant))
    if (other->point.swept == point.point.swept) return *other;
  throw NoValue(from.experiment + " has nothing to divide a point by");
}

sim::Replications value_at(const PointResult& point, const Found& found, const TargetSource& from) {
  sim::Replications value = value_of(point, from);
  const auto ratio_to = [&](const std::string& variant) {
    return paired_ratio(value, value_of(twin_of(point, found, from, variant), from));
  };
  if (!from.over.empty()) return ratio_to(from.over);
  if (!from.short_of.empty()) return complement(ratio_to(from.short_of));
  return value;
}

/// The value at each point of the sweep.
std::vector<sim::Replications> values_of(const Found& found, const TargetSource& from) {
  std::vector<sim::Replications> values;
  for (const PointResult* point : points_of(found, from, from.variant))
    values.push_back(value_at(*point, found, from));
  return values;
}

/// Without an interval, as with a single replication, every rise is one.
bool rises(const sim::Replications& before, const sim::Replications& after) {
  const auto same_run = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (!std::ranges::equal(before.values(), after.values(), same_run))
    throw NoValue("a replication is missing along the sweep");
  const sim::Estimate rise = sim::paired_difference(after, before).estimate();
  return std::isfinite(rise.half_width) ? rise.low() > 0 : rise.mean > 0;
}

bool never_rises(const std::vector<sim::Replications>& values) {
  return std::ranges::adjacent_find(values, rises) == values.end();
}

/// 1 in each replication in which every value is below the one before.
sim::Replications falling(const std::vector<sim::Replications>& along) {
  sim::Replications falls;
  for (const auto& [replication, first] : along.front().values()) {
    double last = first;
    bool falling = true;
    for (std::size_t i = 1; i < along.size(); ++i) {
      const auto next = along[i].values().find(replication);
      if (next == along[i].values().end())
        throw NoValue("a replication is missing along the trend");
      falling = falling && next->second < last;
      last = next->second;
    }
    falls.add(replication, falling ? 1 : 0);
  }
  return falls;
}

const sim::Replications& only_of(const std::vector<sim::Replications>& values,
                                 const TargetSource& from) {
  if (values.size() > 1) throw NoValue(from.experiment + " has more than one such point");
  return values.front();
}

sim::Replications trend_of(const Found& found, const TargetSource& from) {
  std::vector<sim::Replications> along{only_of(values_of(found, from), from)};
  for (const std::string& variant : from.falls_along)
    along.push_back(value_of(*points_of(found, from, variant).front(), from));
  return falling(along);
}

/// The same number in each replication.
sim::Replications verdict(bool holds, const sim::Replications& like) {
  sim::Replications all;
  for (const auto& [replication, value] : like.values()) all.add(replication, holds ? 1 : 0);
  return all;
}

sim::Replications replications_of(const Found& found, const TargetSource& from) {
  if (!from.falls_along.empty()) return trend_of(found, from);
  const std::vector<sim::Replications> values = values_of(found, from);
  switch (from.across) {
    case Across::kOne:
      return only_of(values, from);
    case Across::kMost:
      return std::ranges::max(values, {}, &sim::Replications::mean);
    case Across::kLeast:
      return std::ranges::min(values, {}, &sim::Replications::mean);
    case Across::kNeverRises:
      return verdict(never_rises(values), values.front());
  }
  sim::broken("a known way across a sweep", __FILE__, __LINE__);
}

BySeed by_seed(const sim::Replications& values, const Point& point) {
  BySeed runs;
  for (const auto& [replication, value] : values.values())
    runs[point.params.run.seed + replication] = value;
  return runs;
}

bool names(const TargetSource& from, const std::string& variant) {
  return variant == from.variant || (!from.over.empty() && variant == from.over) ||
         (!from.short_of.empty() && variant == from.short_of) ||
         std::ranges::find(from.falls_along, variant) != from.falls_along.end();
}

// What a list of targets may not say

sim::Path path_to(std::size_t target, const sim::Path& below) {
  sim::Path path{"targets", std::to_string(target)};
  path.insert(path.end(), below.begin(), below.end());
  return path;
}

/// Whoever has nothing to compare would be told that all is well.
void require_some(bool some, const char* name, const sim::Document& document,
                  const std::string& remedy) {
  if (!some) throw sim::ConfigError(document.where({name}), "is empty", remedy);
}

void require_own_ids(const std::vector<Target>& targets, const sim::Document& document) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (!ids.insert(targets[i].id).second)
      throw sim::ConfigError(document.where(path_to(i, {"id"})),
                             sim::in_quotes(targets[i].id) + " is another target's, too",
                             "give each target a name of its own");
}

/// Another tag would gate nothing, and nobody would notice.
void require_known_tags(const std::vector<Target>& targets, const sim::Document& document) {
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (const std::string& tag = targets[i].tag; tag != "S" && tag != "P" && tag != "R")
      throw sim::ConfigError(document.where(path_to(i, {"tag"})),
                             sim::in_quotes(tag) + " is no tag", "write S, P or R");
}

/// A ratio, a gap or a trend: of two the second would be left out.
void require_one_comparison(const std::vector<Target>& targets, const sim::Document& document) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!targets[i].from) continue;
    const TargetSource& from = *targets[i].from;
    if (int{!from.over.empty()} + int{!from.short_of.empty()} + int{!from.falls_along.empty()} > 1)
      throw sim::ConfigError(document.where(path_to(i, {"from"})), "compares in two ways",
                             "keep one of over, short_of and falls_along");
  }
}

/// The points that these targets need, each once. A key is not enough to tell them apart: it says
/// nothing of how often a point is to be run.
class Work {
 public:
  Work(const std::vector<Target>& targets, const RegressOptions& options) {
    for (const Target& target : targets)
      if (target.from && !experiments_.contains(target.from->experiment))
        add(target.from->experiment, targets, options);
  }

  /// Others, of which no target tells.
  void add(const std::vector<Point>& points) {
    for (const Point& point : points)
      if (std::ranges::find(points_, point.resolved, &Point::resolved) == points_.end())
        points_.push_back(point);
  }

  /// Throws unless targets that are about one point name one.
  void require_one_point(const std::vector<Target>& targets, const sim::Document& document) const {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (!targets[i].from) continue;
      const TargetSource& from = *targets[i].from;
      const bool is_trend = !from.falls_along.empty();
      if (from.across != Across::kOne && !is_trend) continue;
      std::set<std::string> seen;
      for (const Point& point : experiments_.at(from.experiment))
        if (names(from, point.variant) && !seen.insert(point.variant).second)
          throw sim::ConfigError(document.where(path_to(i, {"from"})),
                                 is_trend ? "falls along more than one point of a variant"
                                          : "is about one point, and the experiment sweeps several",
                                 is_trend ? "name an experiment without a sweep"
                                          : "say most, least or never_rises in across");
    }
  }

  /// With more replications.
  static Work again(const std::vector<Target>& targets, const RegressOptions& options) {
    Work work(targets, options);
    for (Point& point : work.points_) point.params.run.replications *= kAgain;
    return work;
  }

  Found run(const RunnerOptions& runner) const {
    std::map<std::string, PointResult> all;  // by point
    for (PointResult& result : run_points(points_, runner)) {
      const std::string resolved = result.point.resolved;
      all[resolved] = std::move(result);
    }
    Found found;
    for (const auto& [name, points] : experiments_) {
      if (points.empty()) found[name] = {};  // it has none of the variants
      for (const Point& point : points)
        if (const auto result = all.find(point.resolved); result != all.end()) {
          found[name].push_back(result->second);
          found[name].back().point = point;
        }
    }
    return found;
  }

 private:
  void add(const std::string& name, const std::vector<Target>& targets,
           const RegressOptions& options) {
    const auto document = sim::Document::load(options.folder + "/" + name + ".json");
    std::vector<Point>& points = experiments_[name];
    points = expand(document, options.settings, read_machine(options.machine));
    std::erase_if(points, [&](const Point& point) {
      return std::ranges::none_of(targets, [&](const Target& target) {
        return target.from && target.from->experiment == name && names(*target.from, point.variant);
      });
    });
    add(points);
  }

  std::map<std::string, std::vector<Point>> experiments_;
  std::vector<Point> points_;
};

std::optional<std::uint64_t> seed_in(const std::string& text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(seed) : std::nullopt;
}

/// Seeds are names there, as JSON has no other.
void check_seeds(const AcceptedFile& file, const sim::Document& document) {
  for (const auto& [id, accepted] : file.accepted)
    for (const auto& [seed, value] : accepted.runs)
      if (!seed_in(seed))
        throw sim::ConfigError(document.where({"accepted", id, "runs", seed}, true),
                               sim::in_quotes(seed) + " is no seed",
                               "write the file with wavesim regress --accept");
}

AcceptedFile read_baseline(const std::string& path) {
  const sim::Document document = sim::Document::load(path);
  auto file = sim::read<AcceptedFile>(document);
  require_some(!file.accepted.empty(), "accepted", document,
               "write the file with wavesim regress --accept");
  check_seeds(file, document);
  return file;
}

/// What was accepted of a target that is no longer there is a result without one.
void attach_baseline(std::vector<TargetResult>& results, const AcceptedFile& file) {
  for (const auto& [id, accepted] : file.accepted) {
    const auto named = [&id = id](const TargetResult& result) { return result.target.id == id; };
    auto result = std::ranges::find_if(results, named);
    if (result == results.end()) {
      result = results.insert(result, TargetResult{.target = {}, .value = {}});
      result->target.id = id;
      result->problem = "accepted, and no target any more";
    }
    result->accepted = accepted;
  }
}

/// A single replication has no interval. It is taken as exact, as that of the hardware is.
double half_width_of(const sim::Estimate& estimate) {
  return std::isfinite(estimate.half_width) ? estimate.half_width : 0;
}

}  // namespace

std::vector<Target> load_targets(const std::string& path) {
  return load_targets(sim::Document::load(path));
}

std::vector<Target> load_targets(const sim::Document& document) {
  std::vector<Target> targets = sim::read<TargetFile>(document).targets;
  require_some(!targets.empty(), "targets", document,
               "write at least one, as in experiments/paper/targets.json");
  require_own_ids(targets, document);
  require_known_tags(targets, document);
  require_one_comparison(targets, document);
  return targets;
}

bool TargetResult::pass() const {
  if (!value) return false;
  const bool above = !target.low || *target.low <= value->mean;
  const bool below = !target.high || value->mean <= *target.high;
  return above && below;
}

std::optional<double> TargetResult::error() const {
  if (!value) return std::nullopt;
  const auto relative = [&](double to) { return (value->mean - to) / std::abs(to); };
  if (target.expected && *target.expected != 0) return relative(*target.expected);
  if (target.low && value->mean < *target.low && *target.low != 0) return relative(*target.low);
  if (target.high && value->mean > *target.high && *target.high != 0) return relative(*target.high);
  return 0;
}

bool TargetResult::moved() const {
  if (!accepted) return false;
  if (!value) return true;
  if (judgement) return judgement->moved();
  const double confidence = half_width_of(*value) + accepted->half_width;
  return std::abs(value->mean - accepted->value) >
         confidence + kNotWorthIt * std::abs(accepted->value);
}

bool RegressReport::failed(bool has_baseline) const {
  return std::ranges::any_of(targets, [&](const TargetResult& result) {
    if (has_baseline) return result.moved() || !result.problem.empty();
    return result.target.gates() && result.target.from && !result.pass();
  });
}

std::vector<TargetResult> evaluate(const std::vector<Target>& targets, const Found& found) {
  std::vector<TargetResult> results;
  for (const Target& target : targets) {
    TargetResult& result = results.emplace_back(TargetResult{.target = target, .value = {}});
    if (!target.from) continue;
    try {
      const sim::Replications values = replications_of(found, *target.from);
      result.value = values.estimate();
      result.runs =
          by_seed(values, points_of(found, *target.from, target.from->variant).front()->point);
    } catch (const NoValue& why) {
      result.problem = why.what();
    }
  }
  return results;
}

namespace {

BySeed seeds_of(const Accepted& accepted) {
  BySeed runs;
  for (const auto& [seed, value] : accepted.runs) runs[*seed_in(seed)] = value;
  return runs;
}

/// The second look's values, where there are any, become the target's.
std::vector<BySeed> keep(std::vector<TargetResult*> comparable,
                         const std::vector<std::size_t>& doubtful, const RunAgain& again) {
  std::vector<Target> targets;
  for (const std::size_t i : doubtful) targets.push_back(comparable[i]->target);
  const std::vector<TargetResult> results = again(targets);
  std::vector<BySeed> runs;
  for (std::size_t n = 0; n < results.size(); ++n) {
    runs.push_back(results[n].runs);
    if (!results[n].value) continue;
    comparable[doubtful[n]]->value = results[n].value;
    comparable[doubtful[n]]->runs = results[n].runs;
  }
  return runs;
}

}  // namespace

void compare(std::vector<TargetResult>& results, const RunAgain& again) {
  std::vector<TargetResult*> comparable;
  std::vector<BeforeAfter> values;
  for (TargetResult& result : results) {
    if (!result.value || !result.accepted || result.accepted->runs.empty()) continue;
    comparable.push_back(&result);
    values.push_back({.before = seeds_of(*result.accepted), .after = result.runs});
  }
  LookAgain look;
  if (again)
    look = [&](const std::vector<std::size_t>& doubtful) {
      return keep(comparable, doubtful, again);
    };
  const std::vector<Judgement> judgements = judge(values, look);
  for (std::size_t i = 0; i < judgements.size(); ++i) comparable[i]->judgement = judgements[i];
}

RegressReport regress(const RegressOptions& options) {
  const auto document = sim::Document::load(options.folder + "/targets.json");
  const std::vector<Target> targets = load_targets(document);
  AcceptedFile baseline;
  if (!options.baseline.empty()) baseline = read_baseline(options.baseline);
  Work work(targets, options);
  work.require_one_point(targets, document);
  work.add(options.beside);
  RegressReport report;
  report.targets = evaluate(targets, work.run(options.runner));
  report.stopped = is_set(options.runner.stop);
  if (options.baseline.empty() || report.stopped) return report;
  attach_baseline(report.targets, baseline);
  compare(report.targets, [&](const std::vector<Target>& doubtful) {
    RunnerOptions runner = options.runner;
    runner.finished = {};  // what the report shows are the first replications
    return evaluate(doubtful, Work::again(doubtful, options).run(runner));
  });
  report.stopped = is_set(options.runner.stop);
  return report;
}

std::string as_accepted(const RegressReport& report) {
  AcceptedFile file;
  for (const TargetResult& result : report.targets) {
    if (!result.value) continue;
    Accepted& accepted = file.accepted[result.target.id];
    accepted = {.value = result.value->mean, .half_width = half_width_of(*result.value)};
    for (const auto& [seed, value] : result.runs) accepted.runs[std::to_string(seed)] = value;
  }
  return sim::write_text(file);
}

}  // namespace experiments
