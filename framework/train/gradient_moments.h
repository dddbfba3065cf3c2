/// How the gradients of B's columns vary together over the steps of a run (Zou et al., NeurIPS
/// 2025, arXiv:2510.08396, Theorem 3.3 and Figure 3).
///
/// Dimensions: R ranks of a site.
#pragma once

#include "framework/adapter/adapter.h"
#include "framework/record/run_file.h"

#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// Sums over steps, in fp64, for every site whose B is a trained parameter of its own.
class GradientMoments {
 public:
  explicit GradientMoments(const Adapter& adapter);

  /// Takes the gradients of one step as they stand.
  void add();

  /// Covariance over the steps so far: [i, j] = mean of <g_i - mean g_i, g_j - mean g_j>, where g_i
  /// is the gradient of column i. Nothing before the first step.
  std::vector<GradientRecord> covariance() const;

  /// Handles to the sums: copying into them restores what was added.
  std::vector<std::pair<std::string, torch::Tensor>> state() const;

 private:
  struct Sums {
    std::string site;
    torch::Tensor b;      // [out, R] the parameter
    torch::Tensor total;  // [out, R] sum of the gradients
    torch::Tensor inner;  // [R, R] sum of the columns' inner products
  };
  std::vector<Sums> sites_;
  torch::Tensor steps_;  // [1]
};

}  // namespace rankwise
