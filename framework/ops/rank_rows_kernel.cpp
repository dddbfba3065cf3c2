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

/// values[i] = <x, matrix row i>, of kRanks entries at once, so that x is read once for them.
struct Dot {
  static constexpr int kAtOnce = 8;

  template <class T, int kBytes, int kRanks>
  RANKWISE_INLINE static void over(const OwnRanks<T>& own, std::int64_t from,
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
};

/// x += values[i] · matrix row i, so that x is read and written once for kRanks entries.
struct Spread {
  static constexpr int kAtOnce = 8;

  template <class T, int kBytes, int kRanks>
  RANKWISE_INLINE static void over(const OwnRanks<T>& own, std::int64_t from,
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
};

/// Matrix row i += values[i] · x: nothing is shared among entries, so one at a time.
struct Collect {
  static constexpr int kAtOnce = 1;

  template <class T, int kBytes, int kRanks>
  RANKWISE_INLINE static void over(const OwnRanks<T>& own, std::int64_t from,
                                   const RankRowsTask<T>& task, const T* x) {
    using V = Vector<T, kBytes>;
    constexpr std::int64_t kLanes = lanes<T, kBytes>;
    const T value = own.values[from];
    T* row = task.matrix + own.ranks[from] * task.matrix_row;
    std::int64_t c = 0;
    for (; c + kLanes <= task.width; c += kLanes) {
      store(row + c, load<V>(row + c) + value * load<V>(x + c));
    }
    for (; c < task.width; ++c) row[c] += value * x[c];
  }
};

/// Every row's entries in groups of Entries::kAtOnce, the rest one by one.
template <class T, class Entries>
struct ListedRows {
  RankRowsTask<T> task;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    constexpr int kAtOnce = Entries::kAtOnce;
    for (std::int64_t n = begin; n < end; ++n) {
      const OwnRanks<T> own(task.list, n);
      T* x = task.x + n * task.x_row;
      std::int64_t i = 0;
      for (; i + kAtOnce <= own.count; i += kAtOnce) {
        Entries::template over<T, kBytes, kAtOnce>(own, i, task, x);
      }
      for (; i < own.count; ++i) Entries::template over<T, kBytes, 1>(own, i, task, x);
    }
  }
};

template <class Entries, class T>
void run_rows(const RankRowsTask<T>& task) {
  compiled_for<ListedRows<T, Entries>>(instruction_set())({task}, task.first, task.end);
}

}  // namespace

template <class T>
void rank_dots(const RankRowsTask<T>& task) {
  run_rows<Dot>(task);
}

template <class T>
void spread_ranks(const RankRowsTask<T>& task) {
  run_rows<Spread>(task);
}

template <class T>
void collect_ranks(const RankRowsTask<T>& task) {
  run_rows<Collect>(task);
}

template void rank_dots(const RankRowsTask<float>& task);
template void rank_dots(const RankRowsTask<double>& task);
template void spread_ranks(const RankRowsTask<float>& task);
template void spread_ranks(const RankRowsTask<double>& task);
template void collect_ranks(const RankRowsTask<float>& task);
template void collect_ranks(const RankRowsTask<double>& task);

}  // namespace rankwise
