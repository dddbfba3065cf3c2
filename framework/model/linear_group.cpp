#include "framework/model/linear_group.h"

#include "framework/adapter/rank_update.h"
#include "framework/data/upload.h"

#include <torch/types.h>

#include <algorithm>
#include <typeinfo>

namespace rankwise {

namespace {

// Null where it has none of just this class.
RankUpdate* rank_update_of(const LinearImpl& linear) {
  Update* update = linear.update().get();
  const bool plain = update != nullptr && typeid(*update) == typeid(RankUpdate);
  return plain ? static_cast<RankUpdate*>(update) : nullptr;
}

bool trains_own(const LinearImpl& linear) {
  return linear.weight.requires_grad() || (linear.bias.defined() && linear.bias.requires_grad());
}

}  // namespace

bool LinearGroup::fits(const torch::Tensor& x, const Pass& pass) const {
  if (!is_accelerator(x.device())) return false;
  const auto joins = [&](const LinearImpl* linear) {
    const RankUpdate* update = rank_update_of(*linear);
    return linear->weight.scalar_type() == x.scalar_type() && !trains_own(*linear) &&
           (update != nullptr ? update->reads_rows_as_they_are(pass) : linear->update() == nullptr);
  };
  return std::all_of(members_.begin(), members_.end(), joins) &&
         std::any_of(members_.begin(), members_.end(),
                     [](const LinearImpl* linear) { return linear->update() != nullptr; });
}

std::vector<torch::Tensor> LinearGroup::forward(const torch::Tensor& x, const Pass& pass) {
  if (!fits(x, pass)) {
    std::vector<torch::Tensor> outputs;
    for (LinearImpl* linear : members_) outputs.push_back(linear->forward_alone(x, pass));
    return outputs;
  }
  if (!wide_) widen();
  std::vector<torch::Tensor> a, b, h;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    members_[i]->note_reached();
    const RankUpdate* update = rank_update_of(*members_[i]);
    if (update == nullptr) continue;
    a.push_back(update->a());
    b.push_back(update->b());
    bring_b(i, b.back());
  }
  const WideRanks ranks = wide_down(x, a, *wide_);
  for (LinearImpl* linear : members_) {
    RankUpdate* update = rank_update_of(*linear);
    if (update != nullptr) h.push_back(update->gated(ranks.z[h.size()], x, pass));
  }
  return wide_up(ranks, h, b, *wide_);
}

void LinearGroup::widen() {
  std::vector<torch::Tensor> weights, biases;
  std::vector<std::int64_t> ranks;
  for (const LinearImpl* linear : members_) {
    weights.push_back(linear->weight);
    biases.push_back(linear->bias);
    ranks.push_back(linear->update() ? linear->update()->ranks() : 0);
  }
  wide_.emplace(weights, biases, ranks);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    members_[i]->weight.set_data(wide_->weight(static_cast<std::int64_t>(i)));
  }
  brought_.resize(members_.size());
}

void LinearGroup::bring_b(std::size_t member, const torch::Tensor& b) {
  Brought& last = brought_[member];
  if (last.b.is_same(b) && last.version == b._version()) return;
  const torch::NoGradGuard no_grad;
  wide_->b(static_cast<std::int64_t>(member)).copy_(b);
  last = {b.is_leaf() ? b : torch::Tensor(), b._version()};
}

std::unique_ptr<LinearGroup> group_of(const std::vector<Linear>& members) {
  std::vector<LinearImpl*> linears;
  for (const Linear& member : members) linears.push_back(member.ptr().get());
  return std::make_unique<LinearGroup>(std::move(linears));
}

}  // namespace rankwise
