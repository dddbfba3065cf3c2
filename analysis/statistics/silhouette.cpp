#include "analysis/statistics/silhouette.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <map>

namespace rankwise::analysis {
namespace {

double distance_between(const Eigen::MatrixXd& points, Eigen::Index i, Eigen::Index j,
                        Distance distance) {
  if (distance == Distance::kEuclidean) return (points.row(i) - points.row(j)).norm();
  const double lengths = points.row(i).norm() * points.row(j).norm();
  return lengths > 0 ? 1 - points.row(i).dot(points.row(j)) / lengths : 1;
}

/// The silhouette of one point, from its summed distances to each cluster.
double point_silhouette(const std::map<int, double>& sums, const std::map<int, int>& sizes,
                        int own) {
  if (sizes.at(own) == 1) return 0;
  const double inside = sums.at(own) / (sizes.at(own) - 1);
  double nearest = std::numeric_limits<double>::infinity();
  for (const auto& [cluster, sum] : sums) {
    if (cluster != own) nearest = std::min(nearest, sum / sizes.at(cluster));
  }
  const double larger = std::max(inside, nearest);
  return larger > 0 ? (nearest - inside) / larger : 0;
}

}  // namespace

std::optional<double> silhouette(const Eigen::MatrixXd& points, const std::vector<int>& clusters,
                                 Distance distance) {
  const Eigen::Index n = points.rows();
  assert(static_cast<std::size_t>(n) == clusters.size());
  std::map<int, int> sizes;
  for (const int cluster : clusters) ++sizes[cluster];
  if (sizes.size() < 2 || sizes.size() == clusters.size()) return std::nullopt;
  double total = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    std::map<int, double> sums;
    for (Eigen::Index j = 0; j < n; ++j) {
      const double apart = i == j ? 0 : distance_between(points, i, j, distance);
      sums[clusters[static_cast<std::size_t>(j)]] += apart;
    }
    total += point_silhouette(sums, sizes, clusters[static_cast<std::size_t>(i)]);
  }
  return total / static_cast<double>(n);
}

}  // namespace rankwise::analysis
