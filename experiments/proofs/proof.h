/// Machine-checked equivalences and limits between methods: `rankwise verify`, and the tests.
#pragma once

#include "framework/core/seed.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rankwise::proofs {

/// Sums of some hundred fp64 numbers in another order.
inline constexpr double kEqual = 1e-10;
/// Central differences in fp64: truncation and cancellation meet near 1e-9.
inline constexpr double kSlope = 1e-6;

/// A claim and how far off it is.
struct Proof {
  std::string claim;  // "k = R and an even gate is LoRA"
  std::string where;  // variants, equation or source
  double limit = kEqual;
  std::int64_t trials = 10;  // draws of shapes and values; 1 where there is nothing to draw
  /// Largest error of one trial.
  std::function<double(const Seed& trial)> error;
};

std::vector<Proof> forward_proofs();   // outputs of methods that must agree
std::vector<Proof> mixture_proofs();   // baselines of several LoRAs
std::vector<Proof> baseline_proofs();  // what each other baseline is in terms of LoRA
std::vector<Proof> gradient_proofs();  // gradients against finite differences and by hand
std::vector<Proof> count_proofs();     // probabilities, parameter counts, statistics of A

struct Finding {
  std::string claim, where;
  double error = 0, limit = 0;
  std::int64_t trials = 0;
  bool holds() const { return error <= limit; }  // false for a NaN
};

/// Every proof's largest error over its trials, in the order above.
std::vector<Finding> verify();

}  // namespace rankwise::proofs
