#include "analysis/compare/best_rows.h"

#include "analysis/statistics/ordering.h"
#include "analysis/statistics/significance.h"
#include "analysis/statistics/statistics.h"
#include "framework/record/run_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace rankwise::analysis {
namespace {

/// Mean score and row, the best first; rows of other protocols than the first are left out.
std::vector<std::pair<double, std::size_t>> ranking(const ScoreColumn& column) {
  std::vector<std::pair<double, std::size_t>> order;
  std::string protocol;
  for (std::size_t row = 0; row < column.rows.size(); ++row) {
    const CellRuns& cell = column.rows[row];
    if (cell.empty()) continue;
    if (order.empty()) protocol = cell.front().run->protocol_hash;
    const bool same = std::all_of(cell.begin(), cell.end(), [&](const ScoredRun& run) {
      return run.run->protocol_hash == protocol;
    });
    if (same) order.emplace_back(rounded(mean_std(scores_of(cell)).mean), row);
  }
  std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return column.higher_is_better() ? a.first > b.first : a.first < b.first;
  });
  return order;
}

/// False where seeds leave open which of the two is better; one seed does not ask.
bool seeds_agree(const std::vector<double>& differences) {
  const auto test = paired_t_test(differences);
  return !test || test->low > 0 || test->high < 0;
}

bool points_to_best(const ScoreColumn& column, const std::vector<double>& differences) {
  const double mean = mean_std(differences).mean;
  return column.higher_is_better() ? mean > 0 : mean < 0;
}

std::optional<BestRow> best_of(const ScoreColumn& column, const ScoreChoice& choice) {
  const auto order = ranking(column);
  if (order.size() < 2) return std::nullopt;
  BestRow best{.row = order[0].second};
  const auto pairs = match_seeds(column.rows[best.row], column.rows[order[1].second]);
  best.seeds = pairs.size();
  const auto examples = pair_examples(pairs, column.tasks, choice);
  if (!examples) return best;
  const Seed seed = Seed(0).stream(column.heading);
  best.p = paired_bootstrap(*examples, Resampled::kSeedsAndExamples, seed, kResamples).p;
  const std::vector<double> differences = differences_of(pairs);
  best.significant = points_to_best(column, differences) && seeds_agree(differences);
  return best;
}

void correct(std::vector<std::optional<BestRow>>& best) {
  std::vector<double> p;
  for (const auto& row : best) {
    if (row && row->p) p.push_back(*row->p);
  }
  const std::vector<double> corrected = holm(p);
  std::size_t next = 0;
  for (auto& row : best) {
    if (!row || !row->p) continue;
    row->holm_p = corrected[next++];
    row->significant = row->significant && *row->holm_p < kSignificant;
  }
}

}  // namespace

std::vector<RunPair> match_seeds(const CellRuns& a, const CellRuns& b) {
  std::vector<RunPair> pairs;
  for (const ScoredRun& run : a) {
    const auto partner = std::find_if(b.begin(), b.end(), [&](const ScoredRun& other) {
      return other.run->seed == run.run->seed && other.run->protocol_hash == run.run->protocol_hash;
    });
    if (partner != b.end()) pairs.emplace_back(run, *partner);
  }
  return pairs;
}

std::vector<double> differences_of(const std::vector<RunPair>& pairs) {
  std::vector<double> differences;
  differences.reserve(pairs.size());
  for (const auto& [a, b] : pairs) differences.push_back(a.score - b.score);
  return differences;
}

std::optional<std::vector<std::vector<PairedExamples>>> pair_examples(
    const std::vector<RunPair>& pairs, const std::vector<TaskColumn>& tasks,
    const ScoreChoice& choice) {
  if (pairs.empty()) return std::nullopt;
  std::vector<std::vector<PairedExamples>> examples(tasks.size());
  for (const auto& [a, b] : pairs) {
    const RunFile &file_a = a.run->file(), &file_b = b.run->file();
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      const PredictionPlace place{tasks[t].task, choice.split, choice.parameters};
      const auto of_a = file_a.prediction(place), of_b = file_b.prediction(place);
      if (!of_a || !of_b) return std::nullopt;
      auto pair = PairedExamples::match(*of_a, *of_b, tasks[t].metric);
      if (!pair) return std::nullopt;
      examples[t].push_back(std::move(*pair));
    }
  }
  return examples;
}

std::vector<std::optional<BestRow>> find_best(const std::vector<ScoreColumn>& columns,
                                              const ScoreChoice& choice) {
  std::vector<std::optional<BestRow>> best;
  best.reserve(columns.size());
  for (const ScoreColumn& column : columns) best.push_back(best_of(column, choice));
  correct(best);
  return best;
}

std::string bold_footer(const std::vector<ScoreColumn>& columns,
                        const std::vector<std::optional<BestRow>>& best) {
  std::size_t tested = 0, single = 0;
  bool any = false;
  std::vector<std::string> untested;
  for (std::size_t i = 0; i < best.size(); ++i) {
    if (!best[i]) continue;
    if (!best[i]->p) {
      untested.push_back(columns[i].heading);
      continue;
    }
    ++tested;
    single += best[i]->seeds == 1 ? 1 : 0;
    any = any || best[i]->significant;
  }
  std::string text;
  if (tested > 0) {
    text = fmt::format(
        "{}: best of its column and ahead of the runner-up with p < {} in a paired bootstrap over "
        "{} ({} resamples, Holm's correction over {} column{}){}.",
        any ? "Bold" : "Nothing is bold; bold would be", kSignificant,
        single == tested ? "examples" : "seeds and examples", kResamples, tested,
        tested == 1 ? "" : "s",
        single == tested ? "; one seed says nothing of others"
                         : ", with the t-interval of the difference over seeds on one side of 0");
    if (single > 0 && single < tested) text += " Where one seed is shared: over examples alone.";
  }
  if (untested.empty()) return text;
  return fmt::format(
      "{}{}Not tested, for the runs do not share their examples, or do not hold what the metric "
      "is made from: {}.",
      text, text.empty() ? "" : " ", fmt::join(untested, ", "));
}

std::string mark_best(const std::vector<ScoreColumn>& columns, const ScoreChoice& choice,
                      Table& table) {
  const auto best = find_best(columns, choice);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (best[i] && best[i]->significant) table.rows[best[i]->row][i + 1].bold = true;
  }
  return bold_footer(columns, best);
}

}  // namespace rankwise::analysis
