#include "framework/ops/rank_rows_kernel.h"

#include "framework/ops/row_kernel.h"

namespace rankwise {

namespace {

/// Entries of one row.
template <class T>
struct OwnRanks {
  RANKWISE_INLINE OwnRanks(const RankList<T>& list, std::int64_t row) {
    const std::int64_t first = list.starts != nullptr ? list.starts[row] : row * list.each;
    const std::int64_t end = list.starts != nullptr ? list.starts[row + 1] : first + list.each;
    ranks = list.ranks + first;
    values = list.values + first;
    count = end - first;
  }

  const std::int64_t* ranks;
  T* values;
  std::int64_t count;
};

/// kRanks entries of a row at once, so that x is read once for them.
template <class T, int kBytes, int kRanks>
RANKWISE_INLINE void dot_group(const OwnRanks<T>& own, std::int64_t from,
                               const RankRowsTask<T>& task, const T* x) {
  using V = Vector<T, kBytes>;
  constexpr std::int64_t kLanes = lanes<T, kBytes>;
  const T* row[kRanks];
  V sum[kRanks];
#pragma GCC unroll 8
  for (int i = 0; i < kRanks; ++i) {
    row[i] = task.matrix + own.ranks[from + i] * task.matrix_row;
    sum[i] = V{};
  }
  std::int64_t c = 0;
  for (; c + kLanes <= task.width; c += kLanes) {
    const V here = load<V>(x + c);
#pragma GCC unroll 8
    for (int i = 0; i < kRanks; ++i) sum[i] += here * load<V>(row[i] + c);
  }
#pragma GCC unroll 8
  for (int i = 0; i < kRanks; ++i) {
    T value = sum_of<T, kBytes>(sum[i]);
    for (std::int64_t j = c; j < task.width; ++j) value += x[j] * row[i][j];
    own.values[from + i] = value;
  }
}

template <class T, int kBytes, int kRanks>
RANKWISE_INLINE void spread_group(const OwnRanks<T>& own, std::int64_t from,
                                  const RankRowsTask<T>& task, T* x) {
  using V = Vector<T, kBytes>;
  constexpr std::int64_t kLanes = lanes<T, kBytes>;
  const T* row[kRanks];
#pragma GCC unroll 8
  for (int i = 0; i < kRanks; ++i) row[i] = task.matrix + own.ranks[from + i] * task.matrix_row;
  std::int64_t c = 0;
  for (; c + kLanes <= task.width; c += kLanes) {
    V sum = load<V>(x + c);
#pragma GCC unroll 8
    for (int i = 0; i < kRanks; ++i) sum += own.values[from + i] * load<V>(row[i] + c);
    store(x + c, sum);
  }
  for (; c < task.width; ++c) {
    for (int i = 0; i < kRanks; ++i) x[c] += own.values[from + i] * row[i][c];
  }
}

template <class T, int kBytes>
RANKWISE_INLINE void collect_one(T value, const T* x, T* row, std::int64_t width) {
  using V = Vector<T, kBytes>;
  constexpr std::int64_t kLanes = lanes<T, kBytes>;
  std::int64_t c = 0;
  for (; c + kLanes <= width; c += kLanes) {
    store(row + c, load<V>(row + c) + value * load<V>(x + c));
  }
  for (; c < width; ++c) row[c] += value * x[c];
}

template <class T>
struct DotRows {
  RankRowsTask<T> task;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t n = begin; n < end; ++n) {
      const OwnRanks<T> own(task.list, n);
      const T* x = task.x + n * task.x_row;
      std::int64_t i = 0;
      for (; i + 8 <= own.count; i += 8) dot_group<T, kBytes, 8>(own, i, task, x);
      for (; i < own.count; ++i) dot_group<T, kBytes, 1>(own, i, task, x);
    }
  }
};

template <class T>
struct SpreadRows {
  RankRowsTask<T> task;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t n = begin; n < end; ++n) {
      const OwnRanks<T> own(task.list, n);
      T* x = task.x + n * task.x_row;
      std::int64_t i = 0;
      for (; i + 8 <= own.count; i += 8) spread_group<T, kBytes, 8>(own, i, task, x);
      for (; i < own.count; ++i) spread_group<T, kBytes, 1>(own, i, task, x);
    }
  }
};

template <class T>
struct CollectRows {
  RankRowsTask<T> task;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t n = begin; n < end; ++n) {
      const OwnRanks<T> own(task.list, n);
      for (std::int64_t i = 0; i < own.count; ++i) {
        collect_one<T, kBytes>(own.values[i], task.x + n * task.x_row,
                               task.matrix + own.ranks[i] * task.matrix_row, task.width);
      }
    }
  }
};

template <class Body, class T>
void run_rows(const RankRowsTask<T>& task) {
  compiled_for<Body>(instruction_set())({task}, task.first, task.end);
}

}  // namespace

template <class T>
void rank_dots(const RankRowsTask<T>& task) {
  run_rows<DotRows<T>>(task);
}

template <class T>
void spread_ranks(const RankRowsTask<T>& task) {
  run_rows<SpreadRows<T>>(task);
}

template <class T>
void collect_ranks(const RankRowsTask<T>& task) {
  run_rows<CollectRows<T>>(task);
}

template void rank_dots(const RankRowsTask<float>& task);
template void rank_dots(const RankRowsTask<double>& task);
template void spread_ranks(const RankRowsTask<float>& task);
template void spread_ranks(const RankRowsTask<double>& task);
template void collect_ranks(const RankRowsTask<float>& task);
template void collect_ranks(const RankRowsTask<double>& task);

}  // namespace rankwise
