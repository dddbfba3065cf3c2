#include "analysis/measures/embedding_points.h"

#include "analysis/runs/test_runs.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

TEST(EmbeddingPoints, SpreadKeepsEveryTasksShareInTurn) {
  // Tasks alternate, so that every second row would be one task alone.
  const std::vector<std::size_t> rows = spread_over_tasks({0, 1, 0, 1, 0, 1, 0, 1}, 4);
  EXPECT_EQ(rows, (std::vector<std::size_t>{0, 4, 1, 5}));
}

TEST(EmbeddingPoints, SpreadOfFewRowsIsAllOfThem) {
  EXPECT_EQ(spread_over_tasks({1, 0, 1}, 10), (std::vector<std::size_t>{1, 0, 2}));
}

/// One site "a" with task embeddings (3, 4) and (0, 2), and four samples there and at "pooled".
test::RunSpec embedded_run() {
  test::RunSpec spec{.layout = test::small_layout()};
  spec.layout.sites = {{.name = "a", .in = 2, .out = 2, .ranks = 1, .embedding_width = 2}};
  SiteUsage usage;
  usage.count = usage.training_count = {4, 4};
  usage.gate_mass = {4, 4};
  usage.task_embedding = {3, 4, 0, 2};
  spec.usage = {usage};
  spec.final_record.sample_tasks = {1, 0, 1, 0};
  spec.final_record.sample_embeddings = {{"a", 2, {0, 5, 1, 0, 0, 1, 2, 0}},
                                         {"pooled", 3, {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}}};
  return spec;
}

TEST(EmbeddingPoints, PutTaskEmbeddingsBehindSamplesAllOfLengthOne) {
  const RunFile file(test::write_run(test_folder(), "a", embedded_run()));
  const auto points = embedding_points(file, "a", 10);
  ASSERT_TRUE(points.has_value());
  EXPECT_EQ(points->samples, 4U);
  EXPECT_EQ(points->task, (std::vector<int>{0, 0, 1, 1, 0, 1}));
  Eigen::MatrixXd expected(6, 2);
  expected << 1, 0, 1, 0, 0, 1, 0, 1, 0.6, 0.8, 0, 1;
  EXPECT_LT((points->points - expected).cwiseAbs().maxCoeff(), 1e-7);  // samples are float
}

TEST(EmbeddingPoints, AnOutputWithoutTaskEmbeddingsHasSamplesOnly) {
  const RunFile file(test::write_run(test_folder(), "a", embedded_run()));
  const auto points = embedding_points(file, "pooled", 2);
  ASSERT_TRUE(points.has_value());
  EXPECT_EQ(points->samples, 2U);
  EXPECT_EQ(points->points.rows(), 2);
  EXPECT_EQ(last_embedding_site(file), "a");
  EXPECT_FALSE(embedding_points(file, "elsewhere", 2).has_value());
}

}  // namespace
}  // namespace rankwise::analysis
