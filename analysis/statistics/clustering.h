/// Two ways to cluster points, and how well two clusterings agree. All are deterministic.
#pragma once

#include <Eigen/Core>

#include <vector>

namespace rankwise::analysis {

/// Clusters are numbered from 0 in the order of their first points, in all that follows.
using Clusters = std::vector<int>;

/// Lloyd's k-means from k-means++ starts (Arthur & Vassilvitskii 2007): the best of `restarts`
/// by the sum of squared distances, from a fixed seed. `points` is [n, D], 1 <= clusters <= n;
/// fewer clusters come back where fewer points are distinct.
Clusters k_means(const Eigen::MatrixXd& points, int clusters, int restarts = 32);

/// Hierarchical clustering with average linkage (UPGMA) of Euclidean distances, cut where
/// `clusters` are left. Of equally near pairs the first merges. `points` is [n, D], 1 <= clusters
/// <= n.
Clusters average_linkage(const Eigen::MatrixXd& points, int clusters);

/// Agreement of two clusterings of the same points, by pairs and corrected for chance (Hubert &
/// Arabie 1985): 1 where they are equal up to numbering, about 0 where they are unrelated. As in
/// scikit-learn 1 where both are trivial in the same way.
double adjusted_rand_index(const std::vector<int>& a, const std::vector<int>& b);

}  // namespace rankwise::analysis
