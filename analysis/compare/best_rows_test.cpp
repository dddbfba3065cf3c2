// How often the rule of bold cells speaks where nothing is better, and whether it speaks at all.

#include "analysis/compare/best_rows.h"

#include "analysis/runs/test_runs.h"
#include "framework/core/seed.h"
#include "framework/io/test_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rankwise::analysis {
namespace {

constexpr int kRows = 4, kSeeds = 3, kExamples = 120;

/// Chances of being right: of each task's examples, the same for every row and seed, so that
/// answers to one example go together as they do in earnest.
using Chances = std::map<std::string, std::vector<double>>;

Chances draw_chances(Random& random) {
  Chances chances;
  for (const char* task : {"cola", "sst2"}) {
    for (int i = 0; i < kExamples; ++i) chances[task].push_back(0.4 + 0.6 * random.uniform());
  }
  return chances;
}

/// A run whose seed moves every chance alike, and whose row adds `ahead`.
test::RunSpec answers(const Chances& chances, const std::string& label, int seed, double ahead,
                      Random& random) {
  test::RunSpec spec{.label = label, .seed = seed};
  for (const auto& [task, values] : chances) {
    const double moved = 0.02 * random.normal() + ahead;
    std::vector<double>& predictions = spec.predictions[task];
    for (const double chance : values) {
      predictions.push_back(random.uniform() < chance + moved ? 1 : 0);
    }
    spec.test_scores[task] =
        static_cast<double>(std::count(predictions.begin(), predictions.end(), 1)) / kExamples;
  }
  spec.layout = test::small_layout();
  for (TaskRecord& task : spec.layout.tasks) task.metrics = {"accuracy"};
  spec.steps = 2;
  return spec;
}

/// Whether any cell of a table of random answers is bold; the first row is `ahead` of the others.
bool any_bold(int table, double ahead) {
  Random random = Seed(1).stream(static_cast<std::uint64_t>(table)).random();
  const Chances chances = draw_chances(random);
  const auto folder = test_folder() / std::to_string(table);
  for (int row = 0; row < kRows; ++row) {
    for (int seed = 0; seed < kSeeds; ++seed) {
      test::write_run(
          folder, fmt::format("{}-{}", row, seed),
          answers(chances, fmt::format("row {}", row), seed, row == 0 ? ahead : 0, random));
    }
  }
  const RunSet runs = load_runs({folder});
  const ScoreChoice choice;
  const auto best = find_best(score_columns(read_scores(runs, choice)), choice);
  return std::any_of(best.begin(), best.end(),
                     [](const std::optional<BestRow>& row) { return row && row->significant; });
}

TEST(BestRows, AreSeldomBoldByChance) {
  int alarms = 0;
  constexpr int kTables = 120;
  for (int table = 0; table < kTables; ++table) alarms += any_bold(table, 0) ? 1 : 0;
  EXPECT_LE(alarms, kTables / 20) << "of tables in which all rows are alike";
}

TEST(BestRows, AreBoldWhereOneIsFarAhead) {
  int found = 0;
  for (int table = 0; table < 10; ++table) found += any_bold(table, 0.2) ? 1 : 0;
  EXPECT_GE(found, 9);
}

}  // namespace
}  // namespace rankwise::analysis
