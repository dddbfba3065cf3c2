#include "framework/ops/rank_rows.h"

#include "framework/core/switches.h"
#include "framework/ops/rank_rows_kernel.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <torch/types.h>

#include <vector>

namespace rankwise {

namespace {

using torch::Tensor;

const Switch gather_switch(
    "gathered-ranks",
    "products with the ranks that a row uses alone, where they are few of many; without: with all "
    "of them, zeros among them");

// Measured: reading chosen rows costs about three times as much each as a dense product's.
constexpr double kLargestShare = 0.4;
constexpr std::int64_t kRowGrain = 64, kColumnGrain = 128;

template <class T>
RankRowsTask<T> task_of(const RankValues& list, const Tensor& x, const Tensor& matrix) {
  return {.list = {.ranks = list.ranks.const_data_ptr<std::int64_t>(),
                   .values = list.values.data_ptr<T>(),
                   .starts =
                       list.starts.defined() ? list.starts.const_data_ptr<std::int64_t>() : nullptr,
                   .each = list.starts.defined() ? 0 : list.ranks.size(1)},
          .first = 0,
          .end = x.size(0),
          .width = x.size(1),
          .x = x.data_ptr<T>(),
          .x_row = x.size(1),
          .matrix = matrix.data_ptr<T>(),
          .matrix_row = matrix.size(1)};
}

template <class T, class Run>
void over_rows(const RankRowsTask<T>& task, Run run) {
  at::parallel_for(0, task.end, kRowGrain, [&](std::int64_t first, std::int64_t end) {
    RankRowsTask<T> part = task;
    part.first = first;
    part.end = end;
    run(part);
  });
}

// Threads share the columns: each rank's sum runs over the rows in their order.
template <class T, class Run>
void over_columns(const RankRowsTask<T>& task, Run run) {
  at::parallel_for(0, task.width, kColumnGrain, [&](std::int64_t first, std::int64_t end) {
    RankRowsTask<T> part = task;
    part.x += first;
    part.matrix += first;
    part.width = end - first;
    run(part);
  });
}

RankValues contiguous(const RankValues& list) {
  return {list.ranks.contiguous(), list.values.contiguous(), list.starts};
}

// Whether rows that stand for all others leave enough zeros: what is dense is not read as a whole.
template <class T>
bool looks_few(const Tensor& dense) {
  constexpr std::int64_t kApart = 16;
  const std::int64_t ranks = dense.size(1);
  std::int64_t count = 0;
  std::int64_t seen = 0;
  for (std::int64_t n = 0; n < dense.size(0); n += kApart) {
    const T* row = dense.const_data_ptr<T>() + n * ranks;
    for (std::int64_t r = 0; r < ranks; ++r) count += row[r] != T(0) ? 1 : 0;
    seen += ranks;
  }
  return static_cast<double>(count) <= kLargestShare * static_cast<double>(seen);
}

template <class T>
RankValues nonzeros(const Tensor& dense) {
  if (!looks_few<T>(dense)) return {};
  const std::int64_t rows = dense.size(0), ranks = dense.size(1);
  const auto most = static_cast<std::int64_t>(kLargestShare * static_cast<double>(rows * ranks));
  const torch::TensorOptions whole = dense.options().dtype(torch::kInt64);
  RankValues list{at::empty({most}, whole), at::empty({most}, dense.options()),
                  at::empty({rows + 1}, whole)};
  const T* value = dense.const_data_ptr<T>();
  auto* rank = list.ranks.data_ptr<std::int64_t>();
  auto* kept = list.values.data_ptr<T>();
  auto* start = list.starts.data_ptr<std::int64_t>();
  std::int64_t count = 0;
  for (std::int64_t n = 0; n < rows; ++n) {
    start[n] = count;
    for (std::int64_t r = 0; r < ranks; ++r, ++value) {
      if (*value == T(0)) continue;
      if (count == most) return {};
      rank[count] = r;
      kept[count++] = *value;
    }
  }
  start[rows] = count;
  return list;
}

}  // namespace

bool gathers(const at::Tensor& rows, double used, std::int64_t ranks) {
  const torch::ScalarType type = rows.scalar_type();
  return gather_switch && rows.device().is_cpu() &&
         (type == torch::kFloat32 || type == torch::kFloat64) &&
         used < kLargestShare * static_cast<double>(ranks);
}

RankValues few_of(const at::Tensor& dense) {
  if (!gathers(dense, 0, dense.size(1))) return {};
  const Tensor values = dense.contiguous();
  return values.scalar_type() == torch::kFloat64 ? nonzeros<double>(values)
                                                 : nonzeros<float>(values);
}

at::Tensor rank_dots(const at::Tensor& x, const at::Tensor& matrix, const at::Tensor& ranks) {
  const RankValues list{ranks.contiguous(), at::empty(ranks.sizes(), x.options())};
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "rank_dots", [&] {
    over_rows(task_of<scalar_t>(list, x.contiguous(), matrix.contiguous()), rank_dots<scalar_t>);
  });
  return list.values;
}

void spread_ranks(const RankValues& list, const at::Tensor& matrix, at::Tensor& x) {
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "spread_ranks", [&] {
    over_rows(task_of<scalar_t>(contiguous(list), x, matrix.contiguous()), spread_ranks<scalar_t>);
  });
}

at::Tensor collect_ranks(const RankValues& list, const at::Tensor& x, std::int64_t ranks) {
  Tensor sums = at::zeros({ranks, x.size(1)}, x.options());
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "collect_ranks", [&] {
    over_columns(task_of<scalar_t>(contiguous(list), x.contiguous(), sums),
                 collect_ranks<scalar_t>);
  });
  return sums;
}

}  // namespace rankwise
