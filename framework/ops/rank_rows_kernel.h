/// Products with a few rows of a matrix for each row of another, on the CPU, in the vectors of
/// instruction_set(): what a token's own ranks cost where it uses few of many.
///
/// Dimensions: N rows of x, R rows of the matrix (one a rank), both `width` wide.
#pragma once

#include <cstdint>

namespace rankwise {

/// Which ranks each row has, and a number for each: those of row n are entries [starts[n],
/// starts[n + 1]), or, without `starts`, [n * each, (n + 1) * each).
template <class T>
struct RankList {
  const std::int64_t* ranks = nullptr;
  T* values = nullptr;
  const std::int64_t* starts = nullptr;
  std::int64_t each = 0;
};

/// Rows [first, end) of x, and columns of both that begin where the pointers point.
template <class T>
struct RankRowsTask {
  RankList<T> list;
  std::int64_t first = 0, end = 0, width = 0;
  T* x = nullptr;  // [N, width]
  std::int64_t x_row = 0;
  T* matrix = nullptr;  // [R, width]
  std::int64_t matrix_row = 0;
};

/// value = x[n] · matrix[rank]. T: float or double, as below.
template <class T>
void rank_dots(const RankRowsTask<T>& task);

/// x[n] += Σ value * matrix[rank].
template <class T>
void spread_ranks(const RankRowsTask<T>& task);

/// matrix[rank] += value * x[n].
template <class T>
void collect_ranks(const RankRowsTask<T>& task);

}  // namespace rankwise
