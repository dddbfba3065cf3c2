/// AdamW (Loshchilov and Hutter, ICLR 2019, algorithm 2) and clipping, over all parameters at once.
///
/// Values and order of rounding are those of torch::optim::AdamW and
/// torch::nn::utils::clip_grad_norm_ but for the last bits.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <unordered_map>
#include <vector>

namespace rankwise {

class AdamW {
 public:
  struct Constants {
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  };
  /// What a parameter's updates depend on; handles, so that copying into them restores it.
  struct State {
    torch::Tensor exp_avg, exp_avg_sq;  // as the parameter
    /// [] fp32, exact up to 2^24: stands still while the parameter has no gradient.
    torch::Tensor steps;
  };

  explicit AdamW(const Constants& constants) : constants_(constants) {}

  /// Leaves that share a rate, that of the schedule's peak, and a decay; each in one group alone.
  void add_group(const std::vector<torch::Tensor>& parameters, double rate, double decay);
  bool empty() const { return entries_.empty(); }

  /// Leaves every gradient undefined.
  void drop_gradients();
  /// Scales the gradients so that their norm, all together, is at most `largest`. On an accelerator
  /// the host does not wait for the norm.
  void clip_gradients(double largest);
  /// Every rate is `rate_factor` times its group's. A parameter without a gradient is passed over.
  /// `unsound` [] fp32: where it is 1 no parameter moves; undefined: all do.
  void step(double rate_factor, const torch::Tensor& unsound = {});

  /// Throws std::out_of_range for a tensor of no group.
  State& state_of(const torch::Tensor& parameter);

 private:
  struct Entry {
    torch::Tensor parameter;
    State state;
  };
  struct Group {
    double rate, decay;
    std::size_t begin, end;  // of its entries
    torch::Tensor rate_now;  // [] fp32 where the kernel reads it on the device; else undefined
  };
  void step_at_once(const Group& group, double rate, const torch::Tensor& unsound);
  void step_plainly(const Group& group, double rate);

  Constants constants_;
  std::vector<Group> groups_;
  std::vector<Entry> entries_;
  std::unordered_map<const c10::TensorImpl*, std::size_t> places_;  // in entries_
};

}  // namespace rankwise
