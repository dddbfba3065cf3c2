#include "framework/ops/rank_tally.h"

#include "framework/ops/test_rows.h"

namespace rankwise {
namespace {

using torch::Tensor;

TEST(RankTally, IsNotTakenWithoutKernels) {
  const Tensor count = torch::zeros({4}, torch::kInt64);
  EXPECT_FALSE(tallied_on_device({torch::zeros({2, 1}, torch::kInt64)}, count));
  EXPECT_EQ(count.sum().item<std::int64_t>(), 0);
}

TEST(RankTally, AddsToWhatWasCounted) {
  const InEmulatedKernels emulated;
  const Tensor chosen = torch::tensor({{0, 2}, {2, 1}, {2, 0}}, torch::kInt64);
  const Tensor weight = torch::tensor({{0.5, 1.0}, {2.0, 4.0}, {8.0, 16.0}}, torch::kFloat32);
  const Tensor row_task = torch::tensor({1, 0, 1}, torch::kInt64);
  const Tensor count = torch::ones({2, 3}, torch::kInt64);
  const Tensor mass = torch::zeros({2, 3}, torch::kFloat64);
  ASSERT_TRUE(tallied_on_device({chosen, weight, row_task}, count, mass));
  EXPECT_TRUE(count.equal(torch::tensor({{1, 2, 2}, {3, 1, 3}}, torch::kInt64)));
  EXPECT_TRUE(mass.equal(torch::tensor({{0.0, 4.0, 2.0}, {16.5, 0.0, 9.0}}, torch::kFloat64)));
  const Tensor load = torch::zeros({3}, torch::kInt64);
  ASSERT_TRUE(tallied_on_device({chosen}, load));
  EXPECT_TRUE(load.equal(torch::tensor({2, 1, 3}, torch::kInt64)));
}

// More rows than one block goes through, and more cells than it has threads.
TEST(RankTally, OfManyRowsIsTheSumOverThem) {
  const std::int64_t rows = 3 * device::kTallyRows + 5, ranks = 300, tasks = 3, k = 7;
  const Tensor chosen = std::get<1>(normal_rows({rows, ranks}, "scores").topk(k, 1));
  const Tensor row_task = torch::arange(rows, torch::kInt64) % tasks;
  for (const torch::ScalarType type : {torch::kFloat64, torch::kFloat32, torch::kBFloat16}) {
    const Tensor weight = normal_rows({rows, k}, "weight").to(type);
    const Tensor cells = (row_task.unsqueeze(1) * ranks + chosen).flatten();
    const Tensor expected = torch::zeros({tasks * ranks}, torch::kFloat64)
                                .index_add_(0, cells, weight.to(torch::kFloat64).flatten())
                                .view({tasks, ranks});
    const Tensor count = torch::zeros({tasks, ranks}, torch::kInt64);
    const Tensor mass = torch::zeros({tasks, ranks}, torch::kFloat64);
    const InEmulatedKernels emulated;
    ASSERT_TRUE(tallied_on_device({chosen, weight, row_task}, count, mass));
    EXPECT_TRUE(count.view(-1).equal(torch::bincount(cells, {}, tasks * ranks)));
    EXPECT_LE((mass - expected).abs().max().item<double>(), 1e-12);
  }
}

TEST(RankTally, OfNoRowsAddsNothing) {
  const InEmulatedKernels emulated;
  const Tensor count = torch::ones({3}, torch::kInt64);
  ASSERT_TRUE(tallied_on_device({torch::zeros({0, 2}, torch::kInt64)}, count));
  EXPECT_TRUE(count.equal(torch::ones({3}, torch::kInt64)));
}

}  // namespace
}  // namespace rankwise
