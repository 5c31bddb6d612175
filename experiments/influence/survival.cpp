// SPDX-License-Identifier: Apache-2.0
#include "experiments/influence/survival.h"

#include <algorithm>

#include "sim/config_error.h"
#include "sim/json.h"

namespace influence {
namespace {

/// Of a table with a thousand verdicts some will be wrong at 95 %.
constexpr double kConfidence = 0.99;

struct FindingsFile {
  std::string about;
  std::vector<FindingStudy> studies;

  static void describe(auto&& field) {
    field(&FindingsFile::about, "about", "what it is for");
    field(&FindingsFile::studies, "studies", "experiments, and what is concluded from each");
  }
};

/// Where the system keeps up at the defaults, what it does under overload is another question.
Verdict verdict_of(const Answer& answer, const Answer& at_default) {
  if (answer.overloaded && !at_default.overloaded) return {.fate = Fate::kOverloaded};
  if (!answer) return {.fate = answer.failed ? Fate::kFailed : Fate::kImpossible};
  const sim::Estimate margin = answer->estimate(kConfidence);
  const Fate fate = margin.low() > 0    ? Fate::kHolds
                    : margin.high() < 0 ? Fate::kBroken
                                        : Fate::kOpen;
  return {.fate = fate, .margin = margin};
}

std::vector<Verdict> verdicts_of(const Answers& answers, const Answers& at_default) {
  std::vector<Verdict> verdicts;
  for (std::size_t i = 0; i < answers.size(); ++i)
    verdicts.push_back(verdict_of(answers[i], at_default[i]));
  return verdicts;
}

bool is_open(const std::vector<Verdict>& verdicts) {
  return std::ranges::find(verdicts, Fate::kOpen, &Verdict::fate) != verdicts.end();
}

/// One input at one end.
struct End {
  std::size_t factor;
  std::size_t which;  // 0: low, 1: high
};

class Ends {
 public:
  Ends(const std::vector<Factor>& factors, const JointModel& model)
      : factors_(factors), model_(model) {}

  std::vector<Answers> ask(const std::vector<End>& ends, int replications) const {
    std::vector<Places> places;
    for (const End& end : ends)
      places.emplace_back(factors_.size())[end.factor] = static_cast<double>(end.which);
    return places.empty() ? std::vector<Answers>{} : model_(places, replications);
  }
  Answers ask_default(int replications) const {
    return model_({Places(factors_.size())}, replications).front();
  }
  std::vector<End> all() const {
    std::vector<End> ends;
    for (std::size_t i = 0; i < factors_.size(); ++i)
      for (const std::size_t which : {0u, 1u}) ends.push_back({i, which});
    return ends;
  }

 private:
  const std::vector<Factor>& factors_;
  const JointModel& model_;
};

}  // namespace

std::vector<FindingStudy> read_findings(const std::string& path) {
  const sim::Document document = sim::Document::load(path);
  auto studies = sim::read<FindingsFile>(document).studies;
  if (studies.empty())
    throw sim::ConfigError(document.where({"studies"}), "is empty",
                           "write at least one, as in experiments/influence/conclusions.json");
  return studies;
}

Survival try_ends(const std::vector<Factor>& factors, const JointModel& model,
                  const Effort& effort) {
  const Ends ends(factors, model);
  const Answers one = ends.ask_default(1);
  const Answers most = ends.ask_default(effort.most);
  Survival survival{.at_default = verdicts_of(most, most), .trials = {}};
  for (const Factor& factor : factors)
    survival.trials.push_back(
        {.factor = factor, .ends = {survival.at_default, survival.at_default}});

  const auto look = [&](const std::vector<End>& some, int replications) {
    const std::vector<Answers> answers = ends.ask(some, replications);
    std::vector<End> open;
    for (std::size_t n = 0; n < some.size(); ++n) {
      auto& verdicts = survival.trials[some[n].factor].ends[some[n].which];
      verdicts = verdicts_of(answers[n], most);
      if (is_open(verdicts)) open.push_back(some[n]);
    }
    return open;
  };

  const std::vector<End> all = ends.all();
  const std::vector<Answers> ones = ends.ask(all, 1);
  std::vector<End> doing;
  for (std::size_t n = 0; n < all.size(); ++n) {
    if (ones[n] == one) continue;
    survival.trials[all[n].factor].matters = true;
    doing.push_back(all[n]);
  }
  look(look(doing, effort.few), effort.most);
  return survival;
}

StudyResult try_study(const FindingStudy& study, const std::vector<experiments::Point>& points,
                      const std::vector<std::string>& over,
                      const experiments::RunnerOptions& runner) {
  StudyResult result{.study = study, .claims = {}, .survival = {}};
  std::vector<Conclusion> all;
  std::vector<experiments::Point> wanted;
  for (const Finding& finding : study.findings) {
    auto& claims = result.claims.emplace_back();
    for (const std::string& text : finding.claims) {
      claims.push_back(read_claim(text, "claims"));
      all.push_back(claims.back());
      for (const experiments::Point& point : points_for(claims.back(), points))
        if (std::ranges::find(wanted, point.variant, &experiments::Point::variant) == wanted.end())
          wanted.push_back(point);
    }
  }
  sim::require(!all.empty(), "conclusions", study.experiment + " has no finding with a claim",
               "write one as in 'wave_16 > on_host saturation_krps'");
  const std::vector<Factor> factors = factors_of(wanted, over);
  result.survival = try_ends(factors, JointlySimulated(all, wanted, factors, runner));
  return result;
}

}  // namespace influence
