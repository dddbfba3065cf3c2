/// Mean silhouette: how much nearer points lie to their own cluster than to the next one.
#pragma once

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace rankwise::analysis {

enum class Distance { kEuclidean, kCosine };

/// Mean of (b - a) / max(a, b) over points (Rousseeuw 1987), from -1 to 1; a point alone in its
/// cluster counts 0, as in scikit-learn. Nothing when there are fewer than two clusters or no
/// cluster has two points. `points` is [n, D], `clusters` [n].
std::optional<double> silhouette(const Eigen::MatrixXd& points, const std::vector<int>& clusters,
                                 Distance distance);

}  // namespace rankwise::analysis
