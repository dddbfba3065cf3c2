#include "framework/adapter/rank_usage.h"

#include "framework/data/upload.h"
#include "framework/ops/determinism.h"
#include "framework/ops/rank_tally.h"

#include <torch/types.h>

#include <algorithm>
#include <vector>

namespace rankwise {

namespace {

struct Tally {
  at::Tensor count;  // [T, R] int64
  at::Tensor mass;   // [T, R] double
};

Tally tally_by_task(const Choice& choice, const at::Tensor& rows) {
  const at::Tensor mask = choice.chosen().to(at::kLong);
  const at::Tensor count = mask * rows.unsqueeze(1);
  return {count, choice.weight().detach().to(at::kDouble) * rows.to(at::kDouble).unsqueeze(1)};
}

// [N, R] double: `values` [N, k] at the chosen ranks. They are distinct in a row.
at::Tensor spread(const Choice& choice, const at::Tensor& values) {
  const at::Tensor wide = values.to(at::kDouble);
  const DistinctPlaces distinct;
  return at::zeros({choice.chosen().size(0), choice.ranks()}, wide.options())
      .scatter(1, choice.chosen(), wide);
}

// Doubles hold every integer below 2^53, so the product counts exactly; and it sums in a fixed
// order.
Tally tally_by_product(const Choice& choice, const at::Tensor& task_mask) {
  const at::Tensor count = task_mask.mm(spread(choice, at::ones_like(choice.weight())));
  return {count.to(at::kLong), task_mask.mm(spread(choice, choice.weight().detach()))};
}

Tally tally_by_row(const Choice& choice, const Batch& batch) {
  if (is_accelerator(batch.row_task.device())) {
    return tally_by_product(choice, batch.task_mask(at::kDouble));
  }
  const std::int64_t cells = batch.tasks * choice.ranks();
  const at::Tensor cell =
      (batch.row_task.unsqueeze(1) * choice.ranks() + choice.chosen()).flatten();
  const at::Tensor mass = at::zeros({cells}, cell.options().dtype(at::kDouble));
  mass.index_add_(0, cell, choice.weight().detach().to(at::kDouble).flatten());
  return {at::bincount(cell, {}, cells).view({batch.tasks, choice.ranks()}),
          mass.view({batch.tasks, choice.ranks()})};
}

Tally tally(const Choice& choice, const Batch& batch) {
  if (choice.kind() == Choice::Kind::kPerRow) return tally_by_row(choice, batch);
  if (choice.kind() == Choice::Kind::kPerTask) return tally_by_task(choice, batch.task_rows);
  const at::Tensor count = batch.task_rows.unsqueeze(1).expand({batch.tasks, choice.ranks()});
  return {count, count.to(at::kDouble)};
}

// Of some of the batch's rows: kept [N] double is one there, else zero. -> [T, R]
at::Tensor count_of(const Choice& choice, const Batch& batch, const at::Tensor& kept) {
  const at::Tensor mask = batch.task_mask(at::kDouble) * kept;
  if (choice.kind() == Choice::Kind::kPerRow)
    return mask.mm(spread(choice, at::ones_like(choice.weight()))).to(at::kLong);
  const at::Tensor count = mask.sum(1, /*keepdim=*/true).to(at::kLong);
  if (choice.kind() == Choice::Kind::kPerTask) return choice.chosen().to(at::kLong) * count;
  return count.expand({batch.tasks, choice.ranks()});
}

at::Tensor pairs_by_row(const Choice& choice) {
  const at::Tensor mask = spread(choice, at::ones_like(choice.weight()));
  return mask.t().mm(mask).to(at::kLong);
}

at::Tensor pairs_by_task(const at::Tensor& mask, const at::Tensor& rows) {
  const at::Tensor chosen = mask.to(at::kDouble);
  return chosen.t().mm(chosen * rows.to(at::kDouble).unsqueeze(1)).to(at::kLong);
}

}  // namespace

RankUsage::RankUsage(std::int64_t tasks, std::int64_t ranks, bool pairs, const at::Device& device) {
  const at::TensorOptions options = at::TensorOptions().device(device);
  count_ = at::zeros({tasks, ranks}, options.dtype(at::kLong));
  gate_sum_ = at::zeros({tasks, ranks}, options.dtype(at::kDouble));
  if (!pairs) return;
  coactivation_ = at::zeros({ranks, ranks}, options.dtype(at::kLong));
  half_count_ = at::zeros_like(count_);
  examples_.assign(static_cast<std::size_t>(tasks), 0);
}

void RankUsage::add(const Choice& choice, const Batch& batch) {
  const bool by_row = choice.kind() == Choice::Kind::kPerRow;
  per_row_ = per_row_ || by_row;
  if (!by_row ||
      !tallied_on_device({choice.chosen(), choice.weight(), batch.row_task}, count_, gate_sum_)) {
    const Tally added = tally(choice, batch);
    count_ += added.count;
    gate_sum_ += added.mass;
  }
  if (!coactivation_.defined()) return;
  half_count_ += count_of(choice, batch, half_of(batch));
  if (choice.kind() == Choice::Kind::kPerRow) {
    coactivation_ += pairs_by_row(choice);
  } else if (choice.kind() == Choice::Kind::kPerTask) {
    coactivation_ += pairs_by_task(choice.chosen(), batch.task_rows);
  } else {
    coactivation_ += batch.task_rows.sum();
  }
}

// [N] double: one at the rows of every other example of each task. A batch whose groups are not of
// its own sequences, a decoder's, is taken by sequence.
at::Tensor RankUsage::half_of(const Batch& batch) {
  const bool grouped = !batch.groups.empty() && batch.groups.back() == batch.sequences();
  const std::int64_t examples = grouped ? batch.examples() : batch.sequences();
  std::vector<double> kept;  // by sequence
  for (std::int64_t i = 0; i < examples; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t sequences = grouped ? batch.groups[at + 1] - batch.groups[at] : 1;
    std::int64_t& seen =
        examples_.at(static_cast<std::size_t>(batch.task_of_sequence[kept.size()]));
    kept.insert(kept.end(), static_cast<std::size_t>(sequences), seen++ % 2 == 0 ? 1 : 0);
  }
  return sent(torch::tensor(kept, at::kDouble), batch.lengths.options().dtype(at::kDouble))
      .index_select(0, batch.row_sequence);
}

void RankUsage::reset() {
  count_.zero_();
  gate_sum_.zero_();
  if (!coactivation_.defined()) return;
  coactivation_.zero_();
  half_count_.zero_();
  std::fill(examples_.begin(), examples_.end(), 0);
}

}  // namespace rankwise
