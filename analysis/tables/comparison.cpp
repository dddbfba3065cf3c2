#include "analysis/tables/comparison.h"

#include "analysis/compare/test_cells.h"
#include "analysis/runs/run_footers.h"
#include "analysis/tables/finding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace rankwise::analysis {
namespace {

/// One seed's p, or how many of the seeds have one below 0.05.
std::string mcnemar_text(const std::vector<double>& p) {
  if (p.empty()) return "–";
  if (p.size() == 1) return p_cell(p.front()).text;
  const auto low = std::count_if(p.begin(), p.end(), [](double value) { return value < 0.05; });
  return fmt::format("{} of {}", low, p.size());
}

std::vector<Cell> comparison_row(const ScoreComparison& score) {
  const auto interval = score.interval();
  const bool several = score.differences.size() > 1;
  const auto over_seeds = [&](double p) {
    return p_cell(several ? std::optional(p) : std::nullopt);
  };
  const auto &examples = score.over_examples, &both = score.over_both;
  return {
      {score.heading, {}},
      mean_cell(score.a, score.digits),
      mean_cell(score.b, score.digits),
      signed_cell(mean_std(score.differences).mean, score.digits + 1),
      interval ? interval_cell(interval->low, interval->high, score.digits + 1) : Cell{"–", {}},
      p_cell(score.over_seeds ? std::optional(score.over_seeds->p) : std::nullopt),
      over_seeds(score.sign_flip.p),
      over_seeds(score.wilcoxon.p),
      p_cell(examples ? std::optional(examples->p) : std::nullopt),
      both ? interval_cell(both->low, both->high, score.digits + 1) : Cell{"–", {}},
      {mcnemar_text(score.mcnemar_p), {}},
      p_cell(score.holm_p),
      signed_cell(score.dz, 2),
      signed_cell(several ? score.cliffs_delta : std::nan(""), 2),
      {score.detectable ? fmt::format("{:.{}f}", *score.detectable, score.digits + 1) : "–", {}},
      {score.verdict(), {}}};
}

/// The footers of the config that differs, one for each path.
void add_config(const Comparison& comparison, std::vector<std::string>& footers) {
  if (comparison.config.empty()) footers.emplace_back("Config: no difference.");
  for (const LeafDifference& difference : comparison.config) {
    footers.push_back("Config, A → B: " + to_text(difference));
  }
}

/// `tests`: over the tasks; the average has a test of its own.
std::string tests_footer(std::size_t seeds, std::size_t tests) {
  const std::string family =
      fmt::format("over {} task{}; the average by itself", tests, tests == 1 ? "" : "s");
  const std::string examples =
      fmt::format("examples: paired bootstrap of these models ({} resamples); McNemar: exact, {}",
                  kResamples, seeds > 1 ? "how many seeds have p < 0.05" : "of the one seed");
  if (seeds < 2) {
    return fmt::format("95 % and p (Holm, {}): over examples; one seed says nothing of others. {}.",
                       family, examples);
  }
  return fmt::format(
      "95 %, t: paired t-test over seeds; signs: permutation of signs; {}; seeds and examples: the "
      "same over both, too narrow for few seeds. p (Holm): of t, {}.",
      examples, family);
}

}  // namespace

std::string few_seeds_footer(std::size_t seeds) {
  if (seeds < 2 || smallest_sign_flip_p(seeds) <= 0.05) return "";
  return fmt::format(
      "Over {} seeds no two-sided exact test (signs, Wilcoxon) can give p below {:.3g}, whatever "
      "the difference: six seeds are the fewest that reach 0.05.",
      seeds, smallest_sign_flip_p(seeds));
}

Table comparison_table(const Comparison& comparison) {
  const auto labels = comparison.runs.labels();
  Table table{.caption =
                  fmt::format("{} A: {}; B: {}.", finding(comparison), labels[0], labels[1])};
  table.header = {"score",
                  "A",
                  "B",
                  "A − B",
                  "95 %",
                  "p (t)",
                  "p (signs)",
                  "p (Wilcoxon)",
                  "p (examples)",
                  "95 % (seeds and examples)",
                  "McNemar",
                  "p (Holm)",
                  "d_z",
                  "Cliff's δ",
                  "detectable",
                  "A is"};
  table.details = {"p (signs)", "p (Wilcoxon)", "McNemar", "d_z", "Cliff's δ", "detectable"};
  std::size_t seeds = 0;
  for (const ScoreComparison& score : comparison.scores) {
    table.rows.push_back(comparison_row(score));
    seeds = std::max(seeds, score.differences.size());
  }
  const std::span<const ScoreComparison> scores(comparison.scores);
  const auto tests = std::ranges::count_if(scores.first(comparison.task_scores()),
                                           [](const auto& score) { return score.p.has_value(); });
  add_config(comparison, table.footers);
  table.footers.push_back(
      fmt::format("Paired by seed, {} in common. {}", seeds, seeds_footer(comparison.runs)));
  table.footers.push_back(tests_footer(seeds, static_cast<std::size_t>(tests)));
  table.footers.push_back(few_seeds_footer(seeds));
  if (seeds > 1) {
    table.footers.emplace_back(
        "d_z: difference in standard deviations of itself; Cliff's δ: P(A > B) − P(A < B); "
        "detectable: the smallest true difference that the t-test finds with 80 % on as many "
        "seeds.");
  }
  table.add_footers(scores_footers(comparison.runs, comparison.tasks, comparison.choice));
  table.add_footers(protocol_footers(comparison.runs));
  std::erase(table.footers, "");
  return table;
}

}  // namespace rankwise::analysis
