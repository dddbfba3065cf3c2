/// How threads share a product: its columns, in whole panels, or else its rows; neither changes a
/// sum.
#pragma once

#include "framework/ops/product_kernel.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

namespace rankwise {

/// Calls run(part) for each part of the task.
template <class Task, class Run>
void over_threads(const Task& task, const Run& run) {
  constexpr std::int64_t kPanel = 32;                     // columns: a panel of whole vectors
  constexpr std::int64_t kGrain = std::int64_t{1} << 20;  // multiplications worth a thread
  const std::int64_t panels = (task.columns + kPanel - 1) / kPanel;
  const std::int64_t inner = task.terms[0].inner + task.terms[1].inner;
  const bool by_columns = panels >= at::get_num_threads();
  const std::int64_t parts = by_columns ? panels : task.rows;
  const std::int64_t cost = task.rows * task.columns * inner / std::max<std::int64_t>(parts, 1);
  at::parallel_for(0, parts, kGrain / (cost + 1) + 1, [&](std::int64_t first, std::int64_t end) {
    run(by_columns ? columns_of(task, first * kPanel, std::min(end * kPanel, task.columns))
                   : rows_of(task, first, end));
  });
}

}  // namespace rankwise
