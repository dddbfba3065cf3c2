#include "framework/adapter/routing.h"

#include "framework/data/upload.h"
#include "framework/ops/rank_tally.h"
#include "framework/ops/top_k.h"

namespace rankwise {

namespace {

torch::Tensor unit_rows(const torch::Tensor& rows) {
  return rows / rows.norm(2, /*dim=*/1, /*keepdim=*/true).clamp_min(1e-12);
}

}  // namespace

torch::Tensor top_k(const torch::Tensor& scores, std::int64_t k) {
  return largest_indices(scores, k);
}

torch::Tensor straight_through(const torch::Tensor& probability) {
  const torch::Tensor best = probability.argmax(1, /*keepdim=*/true);
  const torch::Tensor picked = torch::zeros_like(probability).scatter(1, best, 1.0);
  return picked + (probability - probability.detach());  // exactly one-hot
}

torch::Tensor rank_weights(const torch::Tensor& prefix_weights) {
  if (!is_accelerator(prefix_weights.device())) return prefix_weights.flip(1).cumsum(1).flip(1);
  // A GPU's cumulative sums have no fixed order; a product has.
  const std::int64_t ranks = prefix_weights.size(1);
  return prefix_weights.mm(torch::ones({ranks, ranks}, prefix_weights.options()).tril());
}

torch::Tensor prefix_mask(const torch::Tensor& last, std::int64_t ranks) {
  return torch::arange(ranks, last.options()).unsqueeze(0) <= last;
}

Choice choose_blocks(const torch::Tensor& blocks, const torch::Tensor& weight, std::int64_t size,
                     std::int64_t ranks) {
  if (size == 1) return Choice::per_row(blocks, weight, ranks);
  const torch::Tensor within = torch::arange(size, blocks.options());
  const torch::Tensor chosen = (blocks.unsqueeze(2) * size + within).flatten(1);
  return Choice::per_row(chosen, weight.repeat_interleave(size, 1), ranks);
}

torch::Tensor telling_rows(const Site& site, const Batch& batch) {
  return site.causal ? batch.last_prompt_rows() : batch.first_rows;
}

torch::Tensor prompt_mean(const torch::Tensor& x, const Batch& batch) {
  const torch::Tensor& rows = batch.prompt_row_indices;
  return at::segment_reduce(rows.defined() ? x.index_select(0, rows) : x, "mean",
                            batch.prompt_lengths, {}, {}, 0, /*unsafe=*/true);
}

torch::Tensor rank_load(const torch::Tensor& chosen, std::int64_t ranks) {
  const torch::Tensor load = torch::zeros({ranks}, chosen.options());
  if (tallied_on_device({chosen}, load)) return load;
  const torch::Tensor flat = chosen.flatten();
  if (!is_accelerator(chosen.device())) return torch::bincount(flat, {}, ranks);
  return load.index_add_(0, flat, torch::ones_like(flat));
}

torch::Tensor switch_loss(const torch::Tensor& probability, const torch::Tensor& chosen) {
  const std::int64_t experts = probability.size(1);
  const torch::Tensor share = rank_load(chosen, experts).to(probability.scalar_type()) /
                              static_cast<double>(chosen.numel());
  return (share * probability.mean(0)).sum() * experts;
}

void move_balance_bias(torch::Tensor& bias, const torch::Tensor& chosen, double rate) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor load = chosen.to(bias.scalar_type());
  bias.add_(torch::sign(load.mean() - load), rate);
}

torch::Tensor contrastive_sum(const torch::Tensor& samples, const torch::Tensor& embeddings,
                              const torch::Tensor& tasks, double temperature) {
  const torch::Tensor wide = samples.to(embeddings.scalar_type());
  const torch::Tensor similarity = unit_rows(wide).mm(unit_rows(embeddings).t());
  const torch::Tensor log_share = torch::log_softmax(similarity / temperature, 1);
  return -log_share.gather(1, tasks.unsqueeze(1)).sum();
}

}  // namespace rankwise
