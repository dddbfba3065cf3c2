/// Linears that read the same rows, and the low-rank updates of each, as two products: the form of
/// rank_linear.h for accelerators.
///
/// [W | B] lie side by side in one matrix, and [x | h] in another: one product gives x Wᵀ + h Bᵀ,
/// one more in the backward the gradients of x and h. No pass adds an update, whatever h is made
/// of.
///
/// Dimensions: N rows of width `in`; n linears with out_i outputs and R_i ranks, zero where one has
/// no update.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace rankwise {

/// The weights of n linears with room for each one's B: [sum of out_i, in + sum of R_i, and zeros
/// up to a multiple of 8], where linear i has its own rows, and of the ranks' columns its own.
class WideWeight {
 public:
  /// weights [out_i, in] of one type; biases [out_i] or undefined; ranks R_i.
  WideWeight(const std::vector<at::Tensor>& weights, const std::vector<at::Tensor>& biases,
             std::vector<std::int64_t> ranks);

  std::int64_t count() const { return static_cast<std::int64_t>(ranks_.size()); }
  std::int64_t in() const { return in_; }
  std::int64_t out(std::int64_t i) const { return outs_[i]; }
  std::int64_t ranks(std::int64_t i) const { return ranks_[i]; }
  std::int64_t width() const { return all_.size(1); }
  std::int64_t first_row(std::int64_t i) const;
  std::int64_t first_column(std::int64_t i) const;  // of its ranks

  const at::Tensor& all() const { return all_; }
  const at::Tensor& bias() const { return bias_; }  // [sum of out_i]; undefined: none has one
  at::Tensor rows(std::int64_t i) const;            // [out_i, width]
  at::Tensor weight(std::int64_t i) const;          // [out_i, in], a view
  at::Tensor b(std::int64_t i) const;               // [out_i, R_i], a view

 private:
  std::int64_t in_;
  std::vector<std::int64_t> outs_, ranks_;
  at::Tensor all_, bias_;
};

/// z_i = x A_iᵀ, and what joins it to wide_up() of the same rows.
struct WideRanks {
  std::vector<at::Tensor> z;  // [N, R_i] in A's type, of the linears that have ranks, in order
  at::Tensor rows;            // [N, width]: x, and room for h
  at::Tensor joint;           // undefined where x has no gradient
};

/// x [N, in] in the weights' type; a [R_i, in] of the linears that have ranks, at least one.
/// Differentiable once, with wide_up().
WideRanks wide_down(const at::Tensor& x, const std::vector<at::Tensor>& a, const WideWeight& wide);

/// y_i = x W_iᵀ + bias_i + h_i B_iᵀ, [N, out_i], in the type of x and W, with B as `wide` holds it.
/// `ranks` of wide_down(); h [N, R_i] and b [out_i, R_i] of the linears that have ranks: b is what
/// `wide` holds, in its own type, and takes the gradient. Differentiable once.
std::vector<at::Tensor> wide_up(const WideRanks& ranks, const std::vector<at::Tensor>& h,
                                const std::vector<at::Tensor>& b, const WideWeight& wide);

}  // namespace rankwise
