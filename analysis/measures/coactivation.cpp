#include "analysis/measures/coactivation.h"

#include "analysis/runs/matrix.h"
#include "analysis/statistics/dendrogram.h"

#include <limits>

namespace rankwise::analysis {

using Eigen::MatrixXd;

std::optional<Coactivation> coactivation(const RunFile& file, const SiteRecord& site) {
  if (!site.coactivation || file.evaluation_count() == 0) return std::nullopt;
  const MatrixXd together = to_matrix(file.usage(site.name).back().coactivation, site.ranks);
  Coactivation result{.site = site.name};
  std::vector<std::size_t> chosen;
  for (Eigen::Index r = 0; r < together.rows(); ++r) {
    if (together(r, r) > 0) chosen.push_back(static_cast<std::size_t>(r));
  }
  if (chosen.size() < 2) return std::nullopt;
  const MatrixXd counts = reordered(together, chosen);
  const Eigen::VectorXd root = counts.diagonal().cwiseSqrt();
  const MatrixXd share = (counts.array() / (root * root.transpose()).array()).matrix();
  const Dendrogram tree = average_linkage_tree((1 - share.array()).matrix());
  for (const std::size_t i : tree.order) result.order.push_back(chosen[i]);
  result.value = reordered(share, tree.order);
  result.value.diagonal().setConstant(std::numeric_limits<double>::quiet_NaN());
  result.dead = static_cast<std::size_t>(together.rows()) - chosen.size();
  return result;
}

}  // namespace rankwise::analysis
