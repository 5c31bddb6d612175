// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "experiments/influence/model.h"
#include "experiments/points/runner.h"

namespace influence {

/// What is concluded from an experiment: claims that hold together.
struct Finding {
  std::string name;
  std::vector<std::string> claims;

  static void describe(auto&& field) {
    field(&Finding::name, "name", "in a few words");
    field(&Finding::claims, "claims", "as for wavesim sensitivity --flip; all must hold");
  }
};

/// An experiment, and what is concluded from it.
struct FindingStudy {
  std::string experiment;
  std::string how;
  std::vector<std::string> settings = {};
  std::vector<Finding> findings;

  static void describe(auto&& field) {
    using S = FindingStudy;
    field(&S::experiment, "experiment", "name of the file in the folder, without .json");
    field(&S::how, "how", "what is measured, and in whose place if that is dearer");
    field(&S::settings, "settings", "as for --set");
    field(&S::findings, "findings", "what is concluded");
  }
};

/// Throws sim::ConfigError.
std::vector<FindingStudy> read_findings(const std::string& path);

/// What becomes of a claim when one input goes to an end of its range.
enum class Fate {
  kHolds,       // with 99 % confidence
  kBroken,      // with 99 % confidence it does not
  kOpen,        // neither, after the most replications
  kOverloaded,  // the system does not keep up there: values say how long the runs were, not more
  kFailed,      // a run did, or found no such value
  kImpossible,  // there is no such machine
};

struct Verdict {
  Fate fate = Fate::kHolds;
  sim::Estimate margin = {};  // by how much the claim holds
};

/// One input, alone at each end of its range.
struct Trial {
  Factor factor;
  /// Whether it changes anything that the claims look at, to the last bit.
  bool matters = false;
  std::array<std::vector<Verdict>, 2> ends;  // low, high: one verdict for each claim
};

struct Survival {
  std::vector<Verdict> at_default;  // of each claim
  std::vector<Trial> trials;        // in the factors' order
};

/// How many replications: one tells whether an input does anything, `few` are for those that do,
/// `most` for what is still open then, and for the defaults.
struct Effort {
  int few = 3;
  int most = 9;
};

/// Puts each factor alone to both ends of its range and asks which claims survive.
Survival try_ends(const std::vector<Factor>& factors, const JointModel& model,
                  const Effort& effort = {});

/// A study that was tried.
struct StudyResult {
  FindingStudy study;
  std::vector<std::vector<Conclusion>> claims;  // of each finding
  Survival survival;
};

/// Factors are those of `factors_of`. Throws sim::ConfigError.
StudyResult try_study(const FindingStudy& study, const std::vector<experiments::Point>& points,
                      const std::vector<std::string>& over,
                      const experiments::RunnerOptions& runner);

std::string as_text(const std::vector<StudyResult>& results);
std::string as_markdown(const std::vector<StudyResult>& results);
/// Every input, end and claim.
std::string as_json(const std::vector<StudyResult>& results);

}  // namespace influence
