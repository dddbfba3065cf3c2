#include "analysis/measures/usage_divergence.h"

#include "analysis/runs/matrix.h"
#include "analysis/runs/token_choice.h"
#include "analysis/statistics/jensen_shannon.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/record/run_reader.h"

#include <algorithm>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Rows that sum to 1; of zeros where nothing was counted.
MatrixXd shares(const MatrixXd& count) {
  const Eigen::ArrayXd total = count.rowwise().sum().array().max(1);
  return (count.array().colwise() / total).matrix();
}

/// [T] of each task's ranks from the mean of the others' shares.
VectorXd from_others(const MatrixXd& count) {
  const MatrixXd share = shares(count);
  const VectorXd all = share.colwise().sum().transpose();
  VectorXd divergence(count.rows());
  for (Index t = 0; t < count.rows(); ++t) {
    const VectorXd own = share.row(t).transpose();
    divergence(t) = jensen_shannon(own, (all - own).cwiseMax(0));
  }
  return divergence;
}

VectorXd between_halves(const MatrixXd& count, const MatrixXd& half) {
  VectorXd divergence(count.rows());
  for (Index t = 0; t < count.rows(); ++t) {
    divergence(t) =
        jensen_shannon(half.row(t).transpose(), (count.row(t) - half.row(t)).transpose());
  }
  return divergence;
}

/// [T] of two halves, where they were not counted. A task that takes a number of ranks has it for
/// all of its tokens.
VectorXd expected(const SiteRecord& site, const MatrixXd& count) {
  VectorXd divergence = VectorXd::Zero(count.rows());
  for (Index t = 0; t < count.rows() && !site.selection; ++t) {
    divergence(t) = expected_jensen_shannon(count.row(t).transpose());
  }
  return divergence;
}

std::vector<SiteRecord> choosing_sites(const RunFile& file) {
  std::vector<SiteRecord> sites = file.layout().sites;
  std::erase_if(sites, [&](const SiteRecord& site) { return !chooses(file, site); });
  return sites;
}

bool any(const std::vector<std::uint64_t>& counts) {
  return std::any_of(counts.begin(), counts.end(), [](std::uint64_t count) { return count > 0; });
}

}  // namespace

VectorXd matched_null(const VectorXd& halves) {
  const VectorXd own = halves / 4;
  const double others = std::max<double>(1, static_cast<double>(halves.size()) - 1);
  return own.array() + (own.sum() - own.array()) / (others * others);
}

double matched_null(double halves, std::size_t tasks) {
  const auto count = static_cast<double>(tasks);
  return halves / 4 * count / (count - 1);
}

MatrixXd UsageDivergence::null() const {
  MatrixXd found(halves.rows(), halves.cols());
  for (Index column = 0; column < halves.cols(); ++column) {
    found.col(column) = matched_null(VectorXd(halves.col(column)));
  }
  return found;
}

std::map<std::string, std::vector<double>> half_divergences(const RunFile& file) {
  const auto stored = file.attributes().find(kStoredHalves);
  if (stored != file.attributes().end()) {
    return stored->get<std::map<std::string, std::vector<double>>>();
  }
  std::map<std::string, std::vector<double>> divergences;
  if (file.evaluation_count() == 0) return divergences;
  for (const SiteRecord& site : choosing_sites(file)) {
    const SiteUsage last = file.usage(site.name).back();
    if (!any(last.half_count)) continue;
    const VectorXd divergence =
        between_halves(to_matrix(last.count, site.ranks), to_matrix(last.half_count, site.ranks));
    if (divergence.allFinite()) divergences[site.name] = {divergence.begin(), divergence.end()};
  }
  return divergences;
}

std::optional<UsageDivergence> usage_divergence(const RunFile& file) {
  const std::vector<SiteRecord> sites = choosing_sites(file);
  const auto tasks = static_cast<Index>(file.layout().tasks.size());
  if (sites.empty() || tasks < 2 || file.evaluation_count() == 0) return std::nullopt;
  UsageDivergence result{.from_others = MatrixXd(tasks, static_cast<Index>(sites.size())),
                         .halves = MatrixXd(tasks, static_cast<Index>(sites.size())),
                         .seeds = 1};
  for (const TaskRecord& task : file.layout().tasks) result.tasks.push_back(task.name);
  const auto halves = half_divergences(file);
  for (std::size_t l = 0; l < sites.size(); ++l) {
    const SiteRecord& site = sites[l];
    const MatrixXd count = to_matrix(file.usage(site.name).back().count, site.ranks);
    const auto column = static_cast<Index>(l);
    const auto counted = halves.find(site.name);
    result.sites.push_back(site.name);
    result.from_others.col(column) = from_others(count);
    result.recorded = result.recorded && (site.selection || counted != halves.end());
    result.halves.col(column) =
        counted == halves.end() ? expected(site, count) : VectorXd(to_matrix(counted->second, 1));
  }
  return result;
}

std::optional<UsageDivergence> usage_divergence(const RunGroup& group) {
  std::optional<UsageDivergence> sum;
  for (const Run& run : group.runs) {
    auto one = usage_divergence(run.file());
    if (!one) continue;
    if (!sum) {
      sum = std::move(one);
      continue;
    }
    check(one->tasks == sum->tasks && one->sites == sum->sites,
          "{}: has other tasks or sites that choose than the first run of '{}'", run.path.string(),
          group.label);
    sum->from_others += one->from_others;
    sum->halves += one->halves;
    sum->recorded = sum->recorded && one->recorded;
    ++sum->seeds;
  }
  if (!sum) return std::nullopt;
  sum->from_others /= static_cast<double>(sum->seeds);
  sum->halves /= static_cast<double>(sum->seeds);
  return sum;
}

}  // namespace rankwise::analysis
