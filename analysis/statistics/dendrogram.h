/// The tree of hierarchical clustering, and the order of things in which it can be drawn.
#pragma once

#include <Eigen/Core>

#include <cstddef>
#include <vector>

namespace rankwise::analysis {

/// Two clusters that became one. The n things are clusters 0 to n - 1, merge i makes cluster n + i.
struct Merge {
  int left = 0, right = 0;  // left holds the earlier thing
  double height = 0;        // mean distance between the two
};

struct Dendrogram {
  std::vector<Merge> merges;       // n - 1, by height
  std::vector<std::size_t> order;  // of the n things, such that no branches cross
};

/// Average linkage (UPGMA) on symmetric distances [n, n], n >= 1. Of equally near pairs
/// (to nine digits) the first merges.
Dendrogram average_linkage_tree(const Eigen::MatrixXd& distances);

/// A symmetric matrix with rows and columns in another order.
Eigen::MatrixXd reordered(const Eigen::MatrixXd& matrix, const std::vector<std::size_t>& order);

}  // namespace rankwise::analysis
