#include "analysis/runs/token_choice.h"

#include "analysis/runs/matrix.h"
#include "framework/core/json.h"

#include <algorithm>

namespace rankwise::analysis {

using Eigen::MatrixXd;
using Eigen::VectorXd;

UnknownTokens::UnknownTokens()
    : Error(
          "tokens use different numbers of ranks, so that their number does not follow from the "
          "counts") {}

std::optional<double> shared_token_ranks(const MatrixXd& coactivation) {
  const VectorXd chose = coactivation.diagonal();
  const VectorXd pairs = coactivation.rowwise().sum();  // k for each token that chose the rank
  const double total = chose.sum();
  if (total == 0) return std::nullopt;
  const double ranks = pairs.sum() / total;
  return (pairs - ranks * chose).cwiseAbs().maxCoeff() == 0 ? ranks : 0;
}

std::optional<double> token_ranks(const RunFile& file, const SiteRecord& site,
                                  const SiteUsage& last) {
  const auto stored = file.attributes().find(kStoredTokenRanks);
  if (stored != file.attributes().end() && stored->contains(site.name)) {
    return stored->at(site.name).get<double>();
  }
  if (!site.coactivation) return std::nullopt;
  return shared_token_ranks(to_matrix(last.coactivation, site.ranks));
}

std::map<std::string, double> ranks_of_tokens(const RunFile& file) {
  std::map<std::string, double> ranks;
  for (const SiteRecord& site : file.layout().sites) {
    if (!chooses(file, site) || file.evaluation_count() == 0) continue;
    const auto of_site = token_ranks(file, site, file.usage(site.name).back());
    if (of_site) ranks[site.name] = *of_site;
  }
  return ranks;
}

bool chooses(const RunFile& file, const SiteRecord& site) {
  if (site.ranks == 0) return false;
  if (site.selection || site.coactivation || site.balance_bias) return true;
  const auto stored = file.attributes().find(kStoredTokenRanks);
  return stored != file.attributes().end() && stored->contains(site.name);
}

VectorXd tokens_of_tasks(const MatrixXd& count, std::optional<double> token_ranks) {
  if (count.size() == 0) return VectorXd::Zero(count.rows());
  if (token_ranks) {
    if (*token_ranks == 0) throw UnknownTokens();
    return count.rowwise().sum() / *token_ranks;
  }
  VectorXd most = count.rowwise().maxCoeff();
  const auto whole = count.array() == 0 || count.array() == most.replicate(1, count.cols()).array();
  if (!whole.all()) throw UnknownTokens();
  return most;
}

VectorXd site_tokens(const RunFile& file, const SiteRecord& site, const SiteUsage& last) {
  const std::vector<TaskRecord>& tasks = file.layout().tasks;
  VectorXd tokens(static_cast<Eigen::Index>(tasks.size()));
  std::transform(tasks.begin(), tasks.end(), tokens.begin(), [&](const TaskRecord& task) {
    return static_cast<double>(dev_tokens(task, site));
  });
  if (tokens.minCoeff() > 0) return tokens;
  return tokens_of_tasks(to_matrix(last.count, site.ranks), token_ranks(file, site, last));
}

}  // namespace rankwise::analysis
