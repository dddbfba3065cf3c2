/// How the tokens of a run choose among a site's ranks, from a whole run file or from a summary.
#pragma once

#include "framework/core/error.h"
#include "framework/record/run_reader.h"

#include <Eigen/Core>

#include <map>
#include <optional>
#include <string>

namespace rankwise::analysis {

/// The number of tokens does not follow from the counts: tokens use different numbers of ranks.
class UnknownTokens : public Error {
 public:
  UnknownTokens();
};

/// The attribute of a summary's run that holds ranks_of_tokens(), whose source it leaves out.
inline constexpr const char* kStoredTokenRanks = "token_ranks";

/// Whether ranks are chosen at a site at all, by token or one number per task.
bool chooses(const RunFile& file, const SiteRecord& site);

/// The k that all tokens share, from coactivation ([R, R] pairs of ranks that tokens used together,
/// diagonal included); 0 where tokens differ, nothing where no token was counted.
std::optional<double> shared_token_ranks(const Eigen::MatrixXd& coactivation);

/// Ranks that each token uses at a site, from what a summary stores or the coactivation of the last
/// evaluation; 0 where tokens differ, nothing where no token chooses.
std::optional<double> token_ranks(const RunFile& file, const SiteRecord& site,
                                  const SiteUsage& last);

/// The same by site, without the sites where no token chooses: what a summary stores.
std::map<std::string, double> ranks_of_tokens(const RunFile& file);

/// Dev tokens of each task at a site from its counts ([T, R]). `token_ranks`: what each token uses
/// where the choice is by token; else one number per task is chosen, and some rank saw every token.
/// Throws UnknownTokens.
Eigen::VectorXd tokens_of_tasks(const Eigen::MatrixXd& count, std::optional<double> token_ranks);

/// Dev tokens of each task at a site: as the file records them, or in files of early programs what
/// follows from the counts, which leaves a task at zero where every rank is off. Throws
/// UnknownTokens.
Eigen::VectorXd site_tokens(const RunFile& file, const SiteRecord& site, const SiteUsage& last);

}  // namespace rankwise::analysis
