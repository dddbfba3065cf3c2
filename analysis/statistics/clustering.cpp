#include "analysis/statistics/clustering.h"

#include "analysis/statistics/dendrogram.h"
#include "analysis/statistics/ordering.h"
#include "framework/core/seed.h"

#include <cassert>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::uint64_t kStartsSeed = 20260101;
constexpr int kMaxIterations = 300;

Clusters numbered_by_first_point(const Clusters& clusters) {
  std::map<int, int> numbers;
  Clusters result;
  for (const int cluster : clusters) {
    result.push_back(numbers.emplace(cluster, static_cast<int>(numbers.size())).first->second);
  }
  return result;
}

/// [n, k] squared Euclidean distances of points to centres.
MatrixXd squared_distances(const MatrixXd& points, const MatrixXd& centres) {
  MatrixXd distances(points.rows(), centres.rows());
  for (Index k = 0; k < centres.rows(); ++k) {
    distances.col(k) = (points.rowwise() - centres.row(k)).rowwise().squaredNorm();
  }
  return distances;
}

/// Each next centre is drawn in proportion to its squared distance to the nearest one so far.
MatrixXd spread_centres(const MatrixXd& points, int clusters, Random& random) {
  MatrixXd centres(clusters, points.cols());
  const auto n = static_cast<std::uint64_t>(points.rows());
  centres.row(0) = points.row(static_cast<Index>(random.index(n)));
  for (int k = 1; k < clusters; ++k) {
    const VectorXd nearest = squared_distances(points, centres.topRows(k)).rowwise().minCoeff();
    const bool any = nearest.sum() > 0;
    const std::vector<double> weights(nearest.begin(), nearest.end());
    centres.row(k) = points.row(static_cast<Index>(any ? random.choice(weights) : 0));
  }
  return centres;
}

struct Partition {
  Clusters clusters;
  double inertia = std::numeric_limits<double>::infinity();  // sum of squared distances
};

Partition assign(const MatrixXd& points, const MatrixXd& centres) {
  const MatrixXd distances = squared_distances(points, centres);
  const double tolerance = kAlike * distances.maxCoeff();
  Partition partition{{}, 0};
  for (Index i = 0; i < points.rows(); ++i) {
    const Index nearest = first_least(distances.row(i).transpose(), tolerance);
    partition.inertia += distances(i, nearest);
    partition.clusters.push_back(static_cast<int>(nearest));
  }
  return partition;
}

/// Means of the clusters; one that lost its points keeps its centre.
MatrixXd means(const MatrixXd& points, const Clusters& clusters, MatrixXd centres) {
  MatrixXd sums = MatrixXd::Zero(centres.rows(), centres.cols());
  VectorXd sizes = VectorXd::Zero(centres.rows());
  for (Index i = 0; i < points.rows(); ++i) {
    const int cluster = clusters[static_cast<std::size_t>(i)];
    sums.row(cluster) += points.row(i);
    sizes(cluster) += 1;
  }
  for (Index k = 0; k < centres.rows(); ++k) {
    if (sizes(k) > 0) centres.row(k) = sums.row(k) / sizes(k);
  }
  return centres;
}

Partition lloyd(const MatrixXd& points, MatrixXd centres) {
  Partition partition = assign(points, centres);
  for (int i = 0; i < kMaxIterations; ++i) {
    centres = means(points, partition.clusters, std::move(centres));
    Partition next = assign(points, centres);
    const bool settled = next.clusters == partition.clusters;
    partition = std::move(next);
    if (settled) break;
  }
  return partition;
}

}  // namespace

Clusters k_means(const MatrixXd& points, int clusters, int restarts) {
  assert(clusters >= 1 && clusters <= points.rows());
  Random random = Seed(kStartsSeed).stream("k-means").random();
  Partition best;
  for (int i = 0; i < restarts; ++i) {
    Partition partition = lloyd(points, spread_centres(points, clusters, random));
    if (rounded(partition.inertia) < rounded(best.inertia)) best = std::move(partition);
  }
  return numbered_by_first_point(best.clusters);
}

Clusters average_linkage(const MatrixXd& points, int clusters) {
  assert(clusters >= 1 && clusters <= points.rows());
  const Dendrogram tree = average_linkage_tree(squared_distances(points, points).cwiseSqrt());
  const auto n = static_cast<int>(points.rows());
  Clusters cluster_of(static_cast<std::size_t>(n));
  std::iota(cluster_of.begin(), cluster_of.end(), 0);
  for (int merge = 0; merge < n - clusters; ++merge) {
    const auto [left, right, height] = tree.merges[static_cast<std::size_t>(merge)];
    for (int& cluster : cluster_of) {
      if (cluster == left || cluster == right) cluster = n + merge;
    }
  }
  return numbered_by_first_point(cluster_of);
}

double adjusted_rand_index(const std::vector<int>& a, const std::vector<int>& b) {
  assert(a.size() == b.size());
  std::map<std::pair<int, int>, double> together;
  std::map<int, double> in_a, in_b;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ++together[{a[i], b[i]}];
    ++in_a[a[i]];
    ++in_b[b[i]];
  }
  const auto pairs = [](const auto& sizes) {
    double sum = 0;
    for (const auto& [cluster, size] : sizes) sum += size * (size - 1) / 2;
    return sum;
  };
  const auto n = static_cast<double>(a.size());
  const double all = n * (n - 1) / 2;
  const double chance = all > 0 ? pairs(in_a) * pairs(in_b) / all : 0;
  const double most = (pairs(in_a) + pairs(in_b)) / 2;
  if (most == chance) return 1;
  return (pairs(together) - chance) / (most - chance);
}

}  // namespace rankwise::analysis
