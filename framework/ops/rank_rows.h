/// Products of rows with a few rows of a matrix each, as tensors: see rank_rows_kernel.h.
///
/// Dimensions: N rows, R ranks, k ranks a row.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// The ranks of each row, and a number for each of them.
struct RankValues {
  at::Tensor ranks;        // [N, k] int64, or [n] with `starts`
  at::Tensor values;       // the same shape
  at::Tensor starts = {};  // [N + 1] int64: a row's own number of ranks
};

/// Whether rows of this type are multiplied here rather than as dense products, where a row uses
/// `used` of `ranks` ranks.
bool gathers(const at::Tensor& rows, double used, std::int64_t ranks);

/// The numbers that are not zero in `dense` [N, R], where they are few enough to gather; `ranks`
/// undefined elsewhere.
RankValues few_of(const at::Tensor& dense);

/// x[n] · matrix[rank] for each rank of each row; x [N, d], matrix [R, d], ranks [N, k] -> [N, k].
at::Tensor rank_dots(const at::Tensor& x, const at::Tensor& matrix, const at::Tensor& ranks);

/// x[n] += sum of value * matrix[rank].
void spread_ranks(const RankValues& list, const at::Tensor& matrix, at::Tensor& x);

/// The sum over rows of value * x[n], for each of `ranks` ranks -> [ranks, d].
at::Tensor collect_ranks(const RankValues& list, const at::Tensor& x, std::int64_t ranks);

}  // namespace rankwise
