#include "analysis/tables/hypothesis.h"

#include "analysis/compare/test_cells.h"

#include <fmt/format.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

constexpr int kDigits = 3;

std::string text_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSupported:
      return "supported";
    case Verdict::kRefuted:
      return "refuted";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kNotMeasured:
      return "not measured";
  }
  return "";
}

std::vector<Cell> row(const HypothesisResult& result) {
  const Hypothesis& hypothesis = result.hypothesis;
  Cell difference = {"–", {}}, interval = {"–", {}};
  if (result.difference) {
    difference = signed_cell(result.difference->mean, kDigits);
    interval = interval_cell(result.difference->low, result.difference->high, kDigits);
  }
  if (result.seeds) {
    difference = {fmt::format("{} of {}", result.seeds->hits, result.seeds->trials), {}};
    interval = {
        fmt::format("{:.0f} % to {:.0f} %", 100 * result.share->low, 100 * result.share->high), {}};
  }
  return {{hypothesis.name, {}},
          {hypothesis.statement, {}},
          {hypothesis.comparison(), {}},
          {fmt::to_string(result.a.count), {}},
          mean_cell(result.a, kDigits),
          mean_cell(result.b, kDigits),
          difference,
          interval,
          p_cell(result.p),
          p_cell(result.holm_p),
          {text_of(result.verdict), {}}};
}

}  // namespace

std::string Hypothesis::comparison() const {
  const char* sign = relation == "less" ? "<" : relation == "greater" ? ">" : "≈";
  std::string right;
  if (compares_runs()) {
    right = measure_b.empty() ? label_b() : fmt::format("{} of {}", measure_b, label_b());
    if (times != 1) right = fmt::format("{} × {}", times, right);
    if (constant != 0) right += fmt::format(" {} {}", constant > 0 ? '+' : '-', std::abs(constant));
  } else {
    right = fmt::to_string(constant);
  }
  std::string text = fmt::format("{}: {} {} {}", measure, a, sign, right);
  if (relation == "equal") text += fmt::format(" (within {})", margin);
  if (counts) text += ", in most seeds";
  return text;
}

Table hypothesis_table(const std::vector<HypothesisResult>& results) {
  Table table;
  table.header = {"hypothesis", "statement", "comparison", "seeds",    "A",      "B",
                  "difference", "95 %",      "p",          "p (Holm)", "verdict"};
  for (const HypothesisResult& result : results) table.rows.push_back(row(result));
  table.footers = {
      "A and B: mean ± sample standard deviation over the seeds that both have; difference: A "
      "minus "
      "what stands right of the sign, seed by seed, with its t-interval.",
      "Where it says in most seeds: the seeds in which it is so, the exact interval (Clopper and "
      "Pearson) of their share, and p of the sign test.",
      "p: two-sided, paired t-test; of ≈ two one-sided tests against the margin. Holm's correction "
      "is over the claims of one hypothesis.",
      "supported: the interval lies on the claimed side (in most seeds: above 50 %) and p (Holm) < "
      "0.05; refuted: it lies wholly on the other side; inconclusive: neither."};
  for (const HypothesisResult& result : results) {
    if (result.note.empty()) continue;
    table.footers.push_back(fmt::format("{}, {}: not measured: {}.", result.hypothesis.name,
                                        result.hypothesis.comparison(), result.note));
  }
  return table;
}

}  // namespace rankwise::analysis
