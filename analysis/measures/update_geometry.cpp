#include "analysis/measures/update_geometry.h"

#include "analysis/runs/matrix.h"
#include "analysis/statistics/angles.h"
#include "analysis/statistics/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::optional<double> mean_of(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return mean_std(values).mean;
}

/// The share of the directions [n, K] in what the columns of `factor` [n, R] span; nothing where
/// there are no directions, or where the columns span everything.
std::optional<double> recovered(const MatrixXd& factor, const MatrixXd& directions) {
  const MatrixXd span = column_basis(factor);
  if (directions.cols() == 0 || span.cols() == span.rows()) return std::nullopt;
  return captured_share(span, column_basis(directions));
}

/// The site's index in the layout; its size where the layout has no such site.
std::size_t index_of(const RunLayout& layout, const std::string& site) {
  const auto found = std::find_if(layout.sites.begin(), layout.sites.end(),
                                  [&](const SiteRecord& record) { return record.name == site; });
  return static_cast<std::size_t>(found - layout.sites.begin());
}

/// Mean gate value [T, R] of each task's dev tokens, where the choice is one per task.
MatrixXd mean_gates(const SiteUsage& usage, Index ranks) {
  const VectorXd tokens = to_matrix(usage.count, ranks).rowwise().maxCoeff().cwiseMax(1);
  return to_matrix(usage.gate_mass, ranks).array().colwise() / tokens.array();
}

/// Mean over pairs of different tasks; NaN where an update is zero.
double mean_off_diagonal(const MatrixXd& cosines) {
  const auto tasks = static_cast<double>(cosines.rows());
  return (cosines.sum() - cosines.trace()) / (tasks * (tasks - 1));
}

}  // namespace

SubspaceRecovery subspace_recovery(const RunFile& file) {
  const RunLayout& layout = file.layout();
  if (!layout.truth) return {};
  std::vector<double> left, right;
  for (const FactorRecord& factors : file.factors()) {
    const std::size_t site = index_of(layout, factors.site);
    if (site == layout.sites.size()) continue;
    const SiteTruth& truth = layout.truth->sites[site];
    if (truth.directions == 0) continue;
    const MatrixXd rows_of_a = to_matrix(factors.a, factors.in).transpose();
    const auto in_a = recovered(rows_of_a, to_matrix(truth.right, truth.directions));
    const auto in_b =
        recovered(to_matrix(factors.b, factors.ranks), to_matrix(truth.left, truth.directions));
    if (in_a) right.push_back(*in_a);
    if (in_b) left.push_back(*in_b);
  }
  return {.right = mean_of(right), .left = mean_of(left)};
}

MatrixXd update_cosines(const MatrixXd& a, const MatrixXd& b, const MatrixXd& gates) {
  // <dW_s, dW_t> = g_s^T (B^T B * A A^T) g_t, elementwise in the middle: nothing is [out, in].
  const MatrixXd ranks = (b.transpose() * b).cwiseProduct(a * a.transpose());
  const MatrixXd inner = gates * ranks * gates.transpose();
  const VectorXd lengths = inner.diagonal().cwiseMax(0).cwiseSqrt();
  MatrixXd cosines = inner.cwiseQuotient(lengths * lengths.transpose());
  for (Index t = 0; t < cosines.rows(); ++t) {
    if (lengths(t) > 0) continue;
    cosines.row(t).setConstant(std::numeric_limits<double>::quiet_NaN());
    cosines.col(t).setConstant(std::numeric_limits<double>::quiet_NaN());
  }
  return cosines;
}

std::optional<double> mean_update_cosine(const RunFile& file) {
  const RunLayout& layout = file.layout();
  if (file.evaluation_count() == 0 || layout.tasks.size() < 2) return std::nullopt;
  std::vector<double> means;
  for (const FactorRecord& factors : file.factors()) {
    const std::size_t site = index_of(layout, factors.site);
    if (site == layout.sites.size() || !layout.sites[site].selection) continue;
    const SiteUsage last = file.usage(factors.site).back();
    const double mean = mean_off_diagonal(update_cosines(to_matrix(factors.a, factors.in),
                                                         to_matrix(factors.b, factors.ranks),
                                                         mean_gates(last, factors.ranks)));
    if (std::isfinite(mean)) means.push_back(mean);
  }
  return mean_of(means);
}

}  // namespace rankwise::analysis
