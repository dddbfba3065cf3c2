/// Statements such as "A's error is below B's", tested over runs that are matched by seed.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_set.h"
#include "analysis/statistics/proportion.h"
#include "analysis/statistics/significance.h"
#include "analysis/statistics/statistics.h"
#include "framework/core/constraint.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// "measure of a <relation> times * measure_b of b + constant", seed by seed. Of a measure with a
/// ceiling, or where a threshold is claimed, `counts` asks in how many seeds it is so.
struct Hypothesis {
  std::string name, statement, study, measure, a;
  std::string relation = "less";
  std::string b, measure_b;
  double times = 1, constant = 0, margin = 0;
  bool counts = false;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("name", self.name, "short: H3");
    field("statement", self.statement, "what is claimed, in words");
    field("study", self.study, "the study whose runs are compared");
    field("measure", self.measure, "one of planted_measures()");
    field("a", self.a, "label of the runs");
    field("relation", self.relation, "equal: nearer than the margin",
          one_of({"less", "greater", "equal"}));
    field("b", self.b, "label of the other runs; empty: a is compared with the constant");
    field("measure_b", self.measure_b, "of b; empty: the same. Without b: another one of a");
    field("times", self.times, "factor on b's measure");
    field("constant", self.constant, "added to it, or what a is compared with");
    field("margin", self.margin, "for equal: the least difference that counts", not_negative());
    field("counts", self.counts, "test that it is so in most seeds, whatever their mean is");
  }

  bool compares_runs() const { return !b.empty() || !measure_b.empty(); }
  const std::string& label_b() const { return b.empty() ? a : b; }
  const std::string& name_b() const { return measure_b.empty() ? measure : measure_b; }

  /// "error_last: true < 0.5 × frozen + 0.01"
  std::string comparison() const;
};

/// From JSON with comments: {"hypotheses": [{"name": "H3", ...}, ...]}. Throws Error for unknown
/// keys and measures, or where a part is missing.
std::vector<Hypothesis> read_hypotheses(const std::filesystem::path& path);

enum class Verdict {
  kSupported,     // the interval lies on the claimed side (by counts: above a half), and Holm's p
                  // is below 0.05
  kRefuted,       // the interval lies wholly on the other side
  kInconclusive,  // neither, or one seed
  kNotMeasured    // no seed has both values
};

struct HypothesisResult {
  Hypothesis hypothesis;
  MeanStd a, b;  // over the matched seeds; b has none where a is compared with a constant
  /// Of a - (times * b + constant), with its 95 % t-interval; nothing below two seeds.
  std::optional<PairedTest> difference;
  /// By counts: the seeds in which it is so, and the exact interval of their share.
  std::optional<Proportion> seeds;
  std::optional<Interval> share;
  /// Two-sided, of the paired t-test; for equal that of two one-sided tests; by counts the exact
  /// binomial one against a half.
  std::optional<double> p, holm_p;  // holm_p: corrected over the results of the same name
  Verdict verdict = Verdict::kNotMeasured;
  std::string note;  // why nothing was measured; empty where something was
};

/// One result for each hypothesis. Runs of a pair that were measured under different protocols are
/// no match.
std::vector<HypothesisResult> test_hypotheses(const RunSet& runs,
                                              const std::vector<Hypothesis>& hypotheses);

}  // namespace rankwise::analysis
