#include "analysis/measures/task_similarity.h"

#include "analysis/runs/test_truth.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

RunSet one_run(const test::RunSpec& spec) {
  const auto folder = test_folder();
  test::write_run(folder, "a", spec);
  return load_runs({folder});
}

TEST(TaskSimilarity, OfUsageIsBhattacharyyas) {
  const auto usage = usage_similarity(one_run(test::routed_run("routed", 0)).groups.front());
  ASSERT_TRUE(usage);
  // Tasks 0 and 1 use ranks 1 and 2 by halves, tasks 2 and 3 ranks 2 and 3: they share one half.
  EXPECT_NEAR(usage->value(0, 1), 1, 1e-12);
  EXPECT_NEAR(usage->value(0, 2), 0.5, 1e-12);
  EXPECT_EQ(usage->families,
            (std::vector<std::string>{"group 0", "group 0", "group 1", "group 1"}));
  ASSERT_EQ(usage->silhouettes.size(), 1U);
  EXPECT_NEAR(usage->silhouettes[0], 1, 1e-12);
}

TEST(TaskSimilarity, OfUsageIsNothingWhereEveryRankIsOn) {
  test::RunSpec plain = test::planted_run({3, 3, 3, 3}, {3, 3, 3, 3});
  for (SiteRecord& site : plain.layout.sites) site.selection = false;
  const RunSet runs = one_run(plain);
  EXPECT_FALSE(usage_similarity(runs.groups.front()));
  EXPECT_FALSE(embedding_similarity(runs.groups.front()));
}

TEST(TaskSimilarity, OfEmbeddingsIsTheMeanCosineOverSites) {
  test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 1, 1, 1});
  for (SiteRecord& site : spec.layout.sites) site.embedding_width = 2;
  spec.usage[0].task_embedding = {2, 0, 3, 0, 0, 1, 0, 5};
  spec.usage[1].task_embedding = {1, 0, 0, 1, 0, 1, 0, 1};
  spec.first_usage = spec.usage;
  const auto embedding = embedding_similarity(one_run(spec).groups.front());
  ASSERT_TRUE(embedding);
  EXPECT_NEAR(embedding->value(0, 1), 0.5, 1e-12);  // 1 at one site, 0 at the other
  EXPECT_NEAR(embedding->value(0, 2), 0, 1e-12);
  EXPECT_NEAR(embedding->value(2, 3), 1, 1e-12);
}

TEST(TaskSimilarity, FamiliesOfTheSuiteStandWhereNothingIsPlanted) {
  test::RunSpec spec = test::routed_run("routed", 0);
  spec.layout.truth.reset();
  const auto usage = usage_similarity(one_run(spec).groups.front());
  EXPECT_EQ(usage->families.front(), "planted");
  EXPECT_TRUE(usage->silhouettes.empty());  // one family alone
}

}  // namespace
}  // namespace rankwise::analysis
