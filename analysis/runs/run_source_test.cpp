#include "analysis/runs/run_source.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

TEST(RunSource, SeedsInARowAreARange) {
  EXPECT_EQ(seeds_in_words({0}), "0");
  EXPECT_EQ(seeds_in_words({1, 0}), "0, 1");
  EXPECT_EQ(seeds_in_words({12, 10, 11, 10, 20}), "10–12, 20");
}

TEST(RunSource, NamesStudyBackboneSuiteAndSeeds) {
  const auto folder = test_folder();
  for (const std::int64_t seed : {0, 1, 2}) {
    test::write_run(folder, "a" + std::to_string(seed), {.label = "a", .seed = seed});
  }
  test::write_run(folder, "b", {.label = "b", .seed = 5});
  const RunSet runs = load_runs({folder});
  EXPECT_EQ(source_of(runs), "trial · tiny · suite planted · seeds 0–2, 5");
  EXPECT_EQ(source_of(runs.groups[0]), "trial · tiny · suite planted · seeds 0–2");
  EXPECT_EQ(source_of(runs.groups[1].runs[0]), "trial · tiny · suite planted · seed 5");
  EXPECT_EQ(source_of_first(runs), "trial · tiny · suite planted · seeds 0, 5");
}

}  // namespace
}  // namespace rankwise::analysis
