#include "analysis/statistics/dendrogram.h"

#include "analysis/statistics/ordering.h"

#include <cassert>
#include <limits>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kMerged = std::numeric_limits<double>::infinity();

/// A cluster that may still merge: its number in the tree and its things as they are drawn.
struct Branch {
  int number = 0;
  std::vector<std::size_t> things;
};

/// Distances of the cluster that `first` and `second` become, in first's row; second's is closed.
void join(MatrixXd& distances, Index first, Index second, double size_first, double size_second) {
  const VectorXd merged =
      (size_first * distances.col(first) + size_second * distances.col(second)) /
      (size_first + size_second);
  distances.col(first) = merged;
  distances.row(first) = merged.transpose();
  distances(first, first) = kMerged;
  distances.col(second).setConstant(kMerged);
  distances.row(second).setConstant(kMerged);
}

}  // namespace

Dendrogram average_linkage_tree(const MatrixXd& distances) {
  assert(distances.rows() == distances.cols() && distances.rows() >= 1);
  const Index n = distances.rows();
  MatrixXd left = distances;  // between the clusters that are left
  left.diagonal().setConstant(kMerged);
  std::vector<Branch> branches;
  for (Index i = 0; i < n; ++i) {
    branches.push_back({static_cast<int>(i), {static_cast<std::size_t>(i)}});
  }
  Dendrogram tree;
  const double tolerance = kAlike * distances.cwiseAbs().maxCoeff();
  for (Index merge = 0; merge + 1 < n; ++merge) {
    const Index nearest = first_least(left.reshaped(), tolerance);
    const Index first = nearest / n, second = nearest % n;  // by columns: first < second
    const double height = left(second, first);
    Branch& a = branches[static_cast<std::size_t>(first)];
    Branch& b = branches[static_cast<std::size_t>(second)];
    join(left, first, second, static_cast<double>(a.things.size()),
         static_cast<double>(b.things.size()));
    tree.merges.push_back({a.number, b.number, height});
    a.things.insert(a.things.end(), b.things.begin(), b.things.end());
    a.number = static_cast<int>(n + merge);
  }
  tree.order = branches.front().things;
  return tree;
}

MatrixXd reordered(const MatrixXd& matrix, const std::vector<std::size_t>& order) {
  const auto n = static_cast<Index>(order.size());
  MatrixXd result(n, n);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < n; ++j) {
      result(i, j) = matrix(static_cast<Index>(order[static_cast<std::size_t>(i)]),
                            static_cast<Index>(order[static_cast<std::size_t>(j)]));
    }
  }
  return result;
}

}  // namespace rankwise::analysis
