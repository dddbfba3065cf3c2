// What a gate's few ranks of many cost: the choice of them, products with them alone, and both
// halves of a rank-wise linear together.

#include "framework/ops/benchmarks/timed_ops.h"
#include "framework/ops/rank_linear.h"
#include "framework/ops/rank_rows.h"
#include "framework/ops/top_k.h"

namespace rankwise {

namespace {

constexpr std::int64_t kRanks = 64, kChosen = 8, kFewRanks = 8;
constexpr double kIndexValues = 2;  // an int64 is as large as so many values

torch::Tensor choice_of(const BatchShape& shape) {
  return largest_indices(torch::randn({shape.rows(), kRanks}), kChosen);
}

RankValues list_of(const BatchShape& shape) {
  return {choice_of(shape), torch::randn({shape.rows(), kChosen})};
}

// Each chosen rank's row of the matrix lies in a cache: it is read from memory once.
Work few_work(const BatchShape& shape, double row_passes, double matrix_passes) {
  const auto rows = static_cast<double>(shape.rows()), width = static_cast<double>(shape.width);
  return {2 * rows * kChosen * width, rows * width * row_passes + kRanks * width * matrix_passes +
                                          rows * kChosen * (1 + kIndexValues)};
}

TimedOp top_k_of(const BatchShape& shape) {
  const torch::Tensor scores = torch::randn({shape.rows(), kRanks});
  const auto rows = static_cast<double>(shape.rows());
  return {{},
          [=] { return largest_indices(scores, kChosen); },
          {0, values_of(scores) + rows * kChosen * kIndexValues}};
}

// Of numbers that are all used, which it need not read.
TimedOp none_of(const BatchShape& shape) {
  const torch::Tensor dense = torch::randn({shape.rows(), kRanks});
  return {{}, [=] { return few_of(dense).values; }, {0, values_of(dense)}};
}

// Of numbers that are zero but for the chosen ones, as a gate leaves them.
TimedOp few_of_of(const BatchShape& shape) {
  const RankValues list = list_of(shape);
  const torch::Tensor dense =
      torch::zeros({shape.rows(), kRanks}).scatter(1, list.ranks, list.values);
  return {{},
          [=] { return few_of(dense).values; },
          {0, values_of(dense) + values_of(list.values) * (1 + kIndexValues)}};
}

TimedOp dots_of(const BatchShape& shape) {
  const torch::Tensor x = torch::randn({shape.rows(), shape.width});
  const torch::Tensor matrix = torch::randn({kRanks, shape.width}), chosen = choice_of(shape);
  return {{}, [=] { return rank_dots(x, matrix, chosen); }, few_work(shape, 1, 1)};
}

TimedOp spread_of(const BatchShape& shape) {
  torch::Tensor x = torch::randn({shape.rows(), shape.width});
  const torch::Tensor matrix = torch::randn({kRanks, shape.width});
  RankValues list = list_of(shape);
  list.values = list.values * 1e-6;  // x is added to over and over
  return {{},
          [=]() mutable {
            spread_ranks(list, matrix, x);
            return x;
          },
          few_work(shape, 2, 1)};
}

TimedOp collect_of(const BatchShape& shape) {
  const torch::Tensor x = torch::randn({shape.rows(), shape.width});
  const RankValues list = list_of(shape);
  return {{}, [=] { return collect_ranks(list, x, kRanks); }, few_work(shape, 1, 1)};
}

// y = x Wᵀ + bias + (x Aᵀ) Bᵀ by both halves, joined as a block's linear has them, with the ranks
// that `chosen` [N, k] names, or with all.
TimedOp joint_of(const BatchShape& shape, std::int64_t in, std::int64_t out,
                 const torch::Tensor& chosen) {
  const std::int64_t ranks = chosen.defined() ? kRanks : kFewRanks;
  const torch::Tensor x = leaf({shape.rows(), in}), a = leaf({ranks, in}), b = leaf({out, ranks});
  const FrozenLinear frozen{torch::randn({out, in}), torch::randn({out})};
  const auto forward = [=] {
    const JointRanks down = joint_down(x, a, frozen, chosen);
    return up(x, down.z, b, frozen, {.joint = down.joint, .chosen = chosen});
  };
  const auto rows = static_cast<double>(shape.rows());
  const auto both = static_cast<double>(in + out);
  const double used = static_cast<double>(chosen.defined() ? kChosen : kFewRanks);
  const double base = 2 * rows * values_of(frozen.weight), narrow = 2 * rows * used * both;
  const double matrices = values_of(frozen.weight) + values_of(a) + values_of(b);
  // Backward: dz and dh, dA and dB, and dx; it reads x and dy, and writes dx, and dA and dB.
  return {{x, a, b},
          forward,
          {base + narrow, rows * both + matrices},
          {base + 2 * narrow,
           rows * (both + static_cast<double>(in)) + matrices + values_of(a) + values_of(b)}};
}

void add_joint_ops(const BatchShape& shape, const std::string& name, bool chooses) {
  const auto add = [&](const char* form, std::int64_t in, std::int64_t out) {
    add_op(name + "/" + form, shape, [=](const BatchShape& s) {
      return joint_of(s, in, out, chooses ? choice_of(s) : torch::Tensor());
    });
  };
  add("square", shape.width, shape.width);
  add("widening", shape.width, shape.inner);
  add("narrowing", shape.inner, shape.width);
}

}  // namespace

void add_rank_ops(const BatchShape& shape) {
  add_forward_op("top_k", shape, top_k_of);
  add_forward_op("few_of/few", shape, few_of_of);
  add_forward_op("few_of/all", shape, none_of);
  add_forward_op("rank_dots", shape, dots_of);
  add_forward_op("spread_ranks", shape, spread_of);
  add_forward_op("collect_ranks", shape, collect_of);
  add_joint_ops(shape, "rank_linear", /*chooses=*/false);
  add_joint_ops(shape, "chosen_rank_linear", /*chooses=*/true);
}

}  // namespace rankwise
