#include "analysis/measures/planted_measures.h"
#include "analysis/report/lint.h"
#include "analysis/runs/task_scores.h"
#include "framework/core/error.h"
#include "framework/core/metrics.h"
#include "framework/record/run_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>

namespace rankwise::analysis {
namespace {

using Counts = std::span<const std::uint64_t>;

/// Row `index` of an array of rows of `width`.
template <class T>
std::span<const T> row_of(const std::vector<T>& values, std::size_t index, std::size_t width) {
  return std::span<const T>(values).subspan(index * width, width);
}

std::uint64_t sum_of(Counts counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

bool same(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

/// The metric again from what is recorded; nothing where it needs more than that.
std::optional<double> recompute(const std::string& metric, const PredictionRecord& record) {
  if (!metrics().contains(metric) || record.label.empty()) return std::nullopt;
  try {
    return metrics().find(metric).score(
        {record.width, record.prediction, record.label, {}, record.answers, {}, record.passed});
  } catch (const Error&) {
    // The reference of an error measure is in no run file, and answers are in no summary.
    return std::nullopt;
  }
}

class RunLint {
 public:
  explicit RunLint(const std::filesystem::path& path)
      : path_(path.string()),
        file_(path),
        summarised_(file_.attributes().contains(kStoredMeasures)) {}

  LintReport run() {
    for (const PredictionRecord& record : file_.predictions()) check_predictions(record);
    for (const SiteRecord& site : file_.layout().sites) {
      if (site.ranks > 0) check_site(site);
    }
    check_losses();
    ++report_.checked["run files"];
    return std::move(report_);
  }

 private:
  void check_predictions(const PredictionRecord& record) {
    const std::string where =
        fmt::format("{}: {}/{}/{}", path_, record.task, record.split, record.parameters);
    for (const auto& [metric, score] : record.scores) {
      const auto again = recompute(metric, record);
      ++report_.checked[again ? "scores" : "scores that need the unadapted model"];
      if (again && !same(*again, score)) {
        report_.error(where, fmt::format("{} is recorded as {}, its predictions give {}", metric,
                                         score, *again));
      }
      check_score_range(where, metric, score);
    }
    if (!record.correct.empty()) check_correct(where, record);
  }

  void check_score_range(const std::string& where, const std::string& metric, double score) {
    const bool rises = higher_is_better(metric);
    if (std::isfinite(score) && (rises ? std::abs(score) <= 1 : score >= 0)) return;
    report_.error(where, fmt::format("{} is {}, expected {}", metric, score,
                                     rises ? "-1 to 1" : "zero or more"));
  }

  void check_correct(const std::string& where, const PredictionRecord& record) {
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < record.correct.size(); ++i) {
      wrong += (record.prediction[i] == record.label[i]) != (record.correct[i] == 1) ? 1 : 0;
    }
    report_.checked["examples marked right or wrong"] += record.correct.size();
    if (wrong == 0) return;
    report_.error(where, fmt::format("'correct' disagrees with prediction == label in {} of {} "
                                     "examples",
                                     wrong, record.correct.size()));
  }

  void check_site(const SiteRecord& site) {
    const std::vector<SiteUsage> usage = file_.usage(site.name);
    const auto entropies = file_.entropy(site.name);
    const std::size_t tasks = file_.layout().tasks.size();
    const auto ranks = static_cast<std::size_t>(site.ranks);
    for (std::size_t e = 0; e < usage.size(); ++e) {
      for (std::size_t t = 0; t < tasks; ++t) {
        const std::string where = fmt::format("{}: {}, evaluation {}, {}", path_, site.name, e + 1,
                                              file_.layout().tasks[t].name);
        const Counts counts = row_of(usage[e].count, t, ranks);
        check_entropy(where, counts, entropies[e][t]);
        check_counts(where, site, counts);
        check_tokens(where, counts, dev_tokens(file_.layout().tasks[t], site));
        if (site.selection) check_selection(where, usage[e], t, counts);
      }
    }
    if (site.coactivation && !usage.empty()) check_coactivation(site, usage.back());
  }

  void check_entropy(const std::string& where, Counts counts, double recorded) {
    const double again = entropy(counts);
    ++report_.checked["entropies"];
    if ((std::isnan(again) && std::isnan(recorded)) || same(again, recorded)) return;
    report_.error(where,
                  fmt::format("entropy is recorded as {}, its counts give {}", recorded, again));
  }

  /// Where the choice is a task's (then there is no coactivation), every rank that is on has
  /// counted each of its tokens.
  void check_counts(const std::string& where, const SiteRecord& site, Counts counts) {
    if (!site.selection && (site.coactivation || summarised_)) return;
    ++report_.checked["usage sums"];
    const std::uint64_t tokens = *std::max_element(counts.begin(), counts.end());
    const bool whole = std::all_of(counts.begin(), counts.end(), [&](std::uint64_t count) {
      return count == 0 || count == tokens;
    });
    if (!whole) report_.error(where, "its ranks were used by different numbers of its tokens");
  }

  /// No rank counts a token twice. Files of early programs do not tell the tokens.
  void check_tokens(const std::string& where, Counts counts, std::int64_t tokens) {
    const std::uint64_t most = *std::max_element(counts.begin(), counts.end());
    if (tokens == 0 || most <= static_cast<std::uint64_t>(tokens)) return;
    report_.error(where, fmt::format("a rank was used by {} of {} dev tokens", most, tokens));
  }

  void check_selection(const std::string& where, const SiteUsage& usage, std::size_t task,
                       Counts counts) {
    const auto on = static_cast<std::int64_t>(
        std::count_if(counts.begin(), counts.end(), [](std::uint64_t count) { return count > 0; }));
    const std::int64_t chosen = usage.chosen_rank[task];
    ++report_.checked["chosen ranks"];
    if (sum_of(counts) > 0 && on != chosen) {
      report_.error(where, fmt::format("chose {} ranks but used {}", chosen, on));
    }
    const auto probabilities = row_of(usage.probability, task, counts.size());
    const double sum = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
    if (std::all_of(probabilities.begin(), probabilities.end(),
                    [](double p) { return std::isnan(p); })) {
      return;  // the gate gives none
    }
    const bool inside = std::all_of(probabilities.begin(), probabilities.end(),
                                    [](double p) { return p >= 0 && p <= 1; });
    if (!inside || std::abs(sum - 1) > (summarised_ ? 1e-3 : 1e-4)) {
      report_.error(where, fmt::format("its probabilities sum to {}", sum));
    }
  }

  /// Each token that uses a rank uses k ranks in all: where k is the same for every rank, a task's
  /// counts sum to k times its tokens.
  void check_coactivation(const SiteRecord& site, const SiteUsage& last) {
    const auto ranks = static_cast<std::size_t>(site.ranks);
    if (last.coactivation.empty()) return;
    const std::string where = fmt::format("{}: {}, last evaluation", path_, site.name);
    std::vector<std::uint64_t> diagonal(ranks);
    for (std::size_t r = 0; r < ranks; ++r) diagonal[r] = last.coactivation[r * ranks + r];
    check_symmetry(where, last.coactivation, ranks);
    check_diagonal(where, last.count, diagonal);
    std::optional<std::uint64_t> active;
    for (std::size_t r = 0; r < ranks; ++r) {
      if (diagonal[r] == 0) continue;
      const std::uint64_t sum = sum_of(row_of(last.coactivation, r, ranks));
      if (sum % diagonal[r] != 0) return;  // tokens differ in how many ranks they use
      if (active && *active != sum / diagonal[r]) return;
      active = sum / diagonal[r];
    }
    if (active) check_active(where, last.count, ranks, *active);
  }

  void check_symmetry(const std::string& where, const std::vector<std::uint64_t>& matrix,
                      std::size_t ranks) {
    for (std::size_t r = 0; r < ranks; ++r) {
      for (std::size_t s = 0; s < r; ++s) {
        if (matrix[r * ranks + s] == matrix[s * ranks + r]) continue;
        report_.error(where, fmt::format("coactivation of ranks {} and {} is not symmetric", s, r));
        return;
      }
    }
  }

  void check_diagonal(const std::string& where, const std::vector<std::uint64_t>& count,
                      const std::vector<std::uint64_t>& diagonal) {
    std::vector<std::uint64_t> used(diagonal.size());
    for (std::size_t i = 0; i < count.size(); ++i) used[i % used.size()] += count[i];
    ++report_.checked["coactivations"];
    if (used != diagonal) {
      report_.error(where, "the diagonal of coactivation is not the ranks' counts");
    }
  }

  void check_active(const std::string& where, const std::vector<std::uint64_t>& count,
                    std::size_t ranks, std::uint64_t active) {
    for (std::size_t t = 0; t < file_.layout().tasks.size(); ++t) {
      const Counts counts = row_of(count, t, ranks);
      const std::uint64_t sum = sum_of(counts);
      ++report_.checked["usage sums"];
      const bool whole = sum % active == 0;
      if (whole && *std::max_element(counts.begin(), counts.end()) <= sum / active) continue;
      report_.error(where, fmt::format("{}: counts sum to {}, which is no number of tokens times "
                                       "{} active ranks",
                                       file_.layout().tasks[t].name, sum, active));
    }
  }

  void check_losses() {
    const std::vector<StepRecord> steps = file_.steps();
    report_.checked["losses"] += steps.size();
    const auto bad = std::find_if(steps.begin(), steps.end(), [](const StepRecord& step) {
      return !std::isfinite(step.loss) || !std::isfinite(step.auxiliary);
    });
    if (bad != steps.end()) {
      report_.error(path_, fmt::format("step {}: loss {}, auxiliary {}", bad->step, bad->loss,
                                       bad->auxiliary));
    }
  }

  std::string path_;
  RunFile file_;
  bool summarised_;  // without coactivation, and probabilities have four digits (summary.h)
  LintReport report_;
};

}  // namespace

LintReport lint_run(const std::filesystem::path& path) { return RunLint(path).run(); }

}  // namespace rankwise::analysis
