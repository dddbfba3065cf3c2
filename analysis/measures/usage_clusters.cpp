#include "analysis/measures/usage_clusters.h"

#include "analysis/runs/matrix.h"
#include "analysis/statistics/clustering.h"
#include "analysis/statistics/silhouette.h"

#include <set>

namespace rankwise::analysis {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

UsageCounts read_counts(const RunFile& file, std::size_t evaluation) {
  UsageCounts counts;
  for (const SiteRecord& site : file.layout().sites) {
    if (site.ranks == 0) continue;
    counts.sites.push_back(to_matrix(file.usage(site.name).at(evaluation).count, site.ranks));
  }
  return counts;
}

MatrixXd usage_profiles(const UsageCounts& counts) {
  MatrixXd profiles;
  for (const MatrixXd& count : counts.sites) {
    const VectorXd total = count.rowwise().sum().cwiseMax(1);
    const Index before = profiles.cols();
    profiles.conservativeResize(count.rows(), before + count.cols());
    profiles.rightCols(count.cols()) = (count.array().colwise() / total.array()).sqrt();
  }
  return profiles;
}

std::optional<GroupAgreement> group_agreement(const MatrixXd& profiles,
                                              const std::vector<std::int64_t>& group) {
  constexpr double kAlike = 1e-9;
  const std::set<std::int64_t> groups(group.begin(), group.end());
  if (profiles.size() == 0 || groups.size() < 2 || groups.size() == group.size()) {
    return std::nullopt;
  }
  const double spread = (profiles.rowwise() - profiles.row(0)).cwiseAbs().maxCoeff();
  if (spread < kAlike) return std::nullopt;
  const std::vector<int> labels(group.begin(), group.end());
  const auto clusters = static_cast<int>(groups.size());
  return GroupAgreement{
      .k_means = adjusted_rand_index(k_means(profiles, clusters), labels),
      .hierarchical = adjusted_rand_index(average_linkage(profiles, clusters), labels),
      .silhouette = silhouette(profiles, labels, Distance::kEuclidean).value(),
  };
}

std::optional<RankLoad> rank_load(const UsageCounts& counts) {
  RankLoad load;
  double sites = 0;
  for (const MatrixXd& count : counts.sites) {
    const VectorXd uses = count.colwise().sum();
    if (uses.sum() == 0) continue;
    load.max_over_mean += uses.maxCoeff() / uses.mean();
    load.dead_ranks += static_cast<double>((uses.array() == 0).count());
    ++sites;
  }
  if (sites == 0) return std::nullopt;
  load.max_over_mean /= sites;
  return load;
}

}  // namespace rankwise::analysis
