/// Linears of a backbone that read the same rows: one product on an accelerator.
#pragma once

#include "framework/model/linear.h"
#include "framework/ops/wide_linear.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace rankwise {

/// Made lazily, when weights are loaded and updates attached: from then on the members' weights are
/// parts of one matrix. What a member computes is the same with and without.
class LinearGroup {
 public:
  explicit LinearGroup(std::vector<LinearImpl*> members) : members_(std::move(members)) {}

  /// x [N, in] -> [N, out_i] of each member. Each is in one group alone.
  std::vector<torch::Tensor> forward(const torch::Tensor& x, const Pass& pass);
  /// Whether forward() is one product here: every update is a RankUpdate and no class of its own,
  /// reads x as it is, and nothing else is trained.
  bool fits(const torch::Tensor& x, const Pass& pass) const;

 private:
  void widen();
  /// Copies B's where they have changed.
  void bring_b(std::size_t member, const torch::Tensor& b);

  struct Brought {
    torch::Tensor b;
    std::int64_t version = -1;
  };
  std::vector<LinearImpl*> members_;
  std::optional<WideWeight> wide_;
  std::vector<Brought> brought_;  // of each member
};

std::unique_ptr<LinearGroup> group_of(const std::vector<Linear>& members);

}  // namespace rankwise
