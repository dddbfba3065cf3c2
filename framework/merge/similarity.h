/// How alike trained updates are, and how alike two models' representations.
///
/// Dimensions: t models, n examples.
#pragma once

#include <torch/types.h>

#include <vector>

namespace rankwise {

/// cos <ΔW_i, ΔW_j>_F [t, t] in double precision; zero matrices have cosine zero.
torch::Tensor cosines(const std::vector<torch::Tensor>& matrices);

/// ‖A_i A_jᵀ‖_F / (‖A_i‖_F ‖A_j‖_F) [t, t], of A [R, in]: how much of one input space the models
/// share (FlyLoRA, Thm 3.4).
torch::Tensor row_overlaps(const std::vector<torch::Tensor>& matrices);

/// Orthonormal rows [k, in] that span the rows of a matrix [R, in], in double precision.
torch::Tensor row_basis(const torch::Tensor& matrix);

/// Principal angles between the spans of two row_basis(), in degrees, from the smallest (Björck &
/// Golub, 1973); as many as the smaller span has dimensions.
torch::Tensor principal_angles(const torch::Tensor& a, const torch::Tensor& b);

/// ‖Σ ΔW_i‖² / Σ ‖ΔW_i‖²: 1 where the updates are orthogonal (FlyLoRA, Corollary 3.5), t where they
/// are equal. 1 where all are zero.
double interference(const std::vector<torch::Tensor>& matrices);

/// Linear CKA (Kornblith et al., ICML 2019) of two representations [n, d] of the same examples;
/// 0 where one of them is constant.
double linear_cka(const torch::Tensor& a, const torch::Tensor& b);

}  // namespace rankwise
