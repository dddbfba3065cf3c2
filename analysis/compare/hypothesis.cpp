#include "analysis/compare/hypothesis.h"

#include "analysis/measures/planted_measures.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

namespace rankwise::analysis {
namespace {

struct MeasuredRun {
  std::string protocol_hash;
  MeasureValues values;
};

using RunsBySeed = std::map<std::int64_t, MeasuredRun>;
using Label = std::pair<std::string, std::string>;  // study and label, as the study file names it

std::map<Label, RunsBySeed> measure_labels(const RunSet& set,
                                           const std::vector<Hypothesis>& hypotheses) {
  std::map<Label, RunsBySeed> labels;
  for (const Hypothesis& hypothesis : hypotheses) {
    labels[{hypothesis.study, hypothesis.a}];
    labels[{hypothesis.study, hypothesis.label_b()}];
  }
  for (const RunGroup& group : set.groups) {
    for (const Run& run : group.runs) {
      const auto wanted = labels.find({run.study, run.text("label")});
      if (wanted == labels.end()) continue;
      wanted->second[run.seed] = {run.protocol_hash, measure_run(run.file())};
    }
  }
  return labels;
}

/// Values of matched seeds, in the order of the seeds.
struct Pairs {
  std::vector<double> a, b, difference;
};

Pairs match(const Hypothesis& hypothesis, const RunsBySeed& runs_a, const RunsBySeed& runs_b) {
  Pairs pairs;
  for (const auto& [seed, run_a] : runs_a) {
    const auto a = run_a.values.find(hypothesis.measure);
    if (a == run_a.values.end()) continue;
    double reference = hypothesis.constant;
    if (hypothesis.compares_runs()) {
      const auto run_b = runs_b.find(seed);
      if (run_b == runs_b.end() || run_b->second.protocol_hash != run_a.protocol_hash) continue;
      const auto b = run_b->second.values.find(hypothesis.name_b());
      if (b == run_b->second.values.end()) continue;
      reference += hypothesis.times * b->second;
      pairs.b.push_back(b->second);
    }
    pairs.a.push_back(a->second);
    pairs.difference.push_back(a->second - reference);
  }
  return pairs;
}

/// Why a hypothesis has no matched seed.
std::string missing(const Hypothesis& hypothesis, const RunsBySeed& runs_a,
                    const RunsBySeed& runs_b) {
  for (const auto& [label, runs] :
       {std::pair(&hypothesis.a, &runs_a), std::pair(&hypothesis.label_b(), &runs_b)}) {
    if (runs->empty()) {
      return fmt::format("study '{}' has no finished run of '{}'", hypothesis.study, *label);
    }
  }
  return "no seed has both values under one protocol";
}

/// In how many seeds the claim is so.
void count_seeds(const std::vector<double>& differences, HypothesisResult& result) {
  const bool less = result.hypothesis.relation == "less";
  Proportion seeds{.trials = differences.size()};
  for (const double difference : differences) {
    seeds.hits += (less ? difference < 0 : difference > 0) ? 1 : 0;
  }
  result.seeds = seeds;
  result.share = exact_interval(seeds);
  result.p = sign_test_p(seeds);
}

HypothesisResult test_one(const Hypothesis& hypothesis, const RunsBySeed& runs_a,
                          const RunsBySeed& runs_b) {
  HypothesisResult result{.hypothesis = hypothesis};
  const Pairs pairs = match(hypothesis, runs_a, runs_b);
  if (pairs.a.empty()) {
    result.note = missing(hypothesis, runs_a, runs_b);
    return result;
  }
  result.a = mean_std(pairs.a);
  result.b = mean_std(pairs.b);
  result.verdict = Verdict::kInconclusive;
  if (hypothesis.counts) {
    count_seeds(pairs.difference, result);
    return result;
  }
  result.difference = paired_t_test(pairs.difference);
  if (!result.difference) return result;
  result.p = hypothesis.relation == "equal" ? equivalence_p(pairs.difference, hypothesis.margin)
                                            : result.difference->p;
  return result;
}

/// Holm's correction over the claims of one hypothesis, which stands or falls with them.
void correct(std::vector<HypothesisResult>& results) {
  std::map<std::string, std::vector<HypothesisResult*>> by_name;
  for (HypothesisResult& result : results) {
    if (result.p) by_name[result.hypothesis.name].push_back(&result);
  }
  for (const auto& [name, claims] : by_name) {
    std::vector<double> p;
    p.reserve(claims.size());
    for (const HypothesisResult* claim : claims) p.push_back(*claim->p);
    const std::vector<double> corrected = holm(p);
    for (std::size_t i = 0; i < claims.size(); ++i) claims[i]->holm_p = corrected[i];
  }
}

/// Where the interval lies: on the claimed side (1), wholly on the other (-1), or on both (0).
int side(const Hypothesis& hypothesis, const PairedTest& difference) {
  const auto [low, high, margin] = std::tuple(difference.low, difference.high, hypothesis.margin);
  if (hypothesis.relation == "less") return high < 0 ? 1 : low > 0 ? -1 : 0;
  if (hypothesis.relation == "greater") return low > 0 ? 1 : high < 0 ? -1 : 0;
  if (low > -margin && high < margin) return 1;
  return low > margin || high < -margin ? -1 : 0;
}

Verdict verdict(const HypothesisResult& result) {
  if (result.share) {
    if (result.share->high < 0.5) return Verdict::kRefuted;
    const bool most = result.share->low > 0.5 && *result.holm_p < kSignificant;
    return most ? Verdict::kSupported : Verdict::kInconclusive;
  }
  if (!result.difference) return result.verdict;
  const int where = side(result.hypothesis, *result.difference);
  if (where < 0) return Verdict::kRefuted;
  return where > 0 && *result.holm_p < kSignificant ? Verdict::kSupported : Verdict::kInconclusive;
}

}  // namespace

std::vector<HypothesisResult> test_hypotheses(const RunSet& runs,
                                              const std::vector<Hypothesis>& hypotheses) {
  const std::map<Label, RunsBySeed> labels = measure_labels(runs, hypotheses);
  std::vector<HypothesisResult> results;
  results.reserve(hypotheses.size());
  for (const Hypothesis& hypothesis : hypotheses) {
    results.push_back(test_one(hypothesis, labels.at({hypothesis.study, hypothesis.a}),
                               labels.at({hypothesis.study, hypothesis.label_b()})));
  }
  correct(results);
  for (HypothesisResult& result : results) result.verdict = verdict(result);
  return results;
}

}  // namespace rankwise::analysis
