#include "analysis/measures/rank_usage.h"

#include "analysis/runs/matrix.h"
#include "analysis/runs/token_choice.h"
#include "framework/core/error.h"
#include "framework/record/run_reader.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::vector<std::string> task_names(const RunLayout& layout) {
  std::vector<std::string> names;
  for (const TaskRecord& task : layout.tasks) names.push_back(task.name);
  return names;
}

/// One site in one run; no counts where the run has no evaluation.
RankUsage read_site(const RunFile& file, const SiteRecord& site) {
  RankUsage usage;
  usage.site = site.name;
  const std::vector<SiteUsage> evaluations = file.usage(site.name);
  if (evaluations.empty()) return usage;
  const SiteUsage& last = evaluations.back();
  usage.count = to_matrix(last.count, site.ranks);
  usage.mass = to_matrix(last.gate_mass, site.ranks);
  usage.tokens = site_tokens(file, site, last).replicate(1, site.ranks);
  usage.chosen = to_matrix(last.chosen_rank, 1);
  return usage;
}

bool all_alike(const MatrixXd& by_rank) {
  return by_rank.cols() == 0 || (by_rank.colwise() - by_rank.col(0)).cwiseAbs().maxCoeff() == 0;
}

/// Ranks have an order where a task takes the first few of them, and none is needed where all of
/// them serve every token alike.
bool has_order(const SiteRecord& site, const RankUsage& usage) {
  return site.selection || (all_alike(usage.count) && all_alike(usage.mass));
}

/// The busiest rank over all tasks first; of ranks that are as busy the earlier one.
void sort_by_load(RankUsage& usage) {
  const VectorXd load = usage.count.colwise().sum();
  std::vector<Index> order(static_cast<std::size_t>(load.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return load(a) > load(b); });
  usage.count = usage.count(Eigen::all, order).eval();
  usage.mass = usage.mass(Eigen::all, order).eval();
}

/// Adds numbers by rank; ranks that one of the two does not have are at zero there.
void add(MatrixXd& total, const MatrixXd& added) {
  const Index had = total.cols(), more = added.cols() - had;
  if (more > 0) {
    total.conservativeResize(added.rows(), had + more);
    total.rightCols(more).setZero();
  }
  total.leftCols(added.cols()) += added;
}

void add(RankUsage& total, const RankUsage& usage) {
  add(total.count, usage.count);
  add(total.mass, usage.mass);
  add(total.tokens, usage.tokens);
}

/// Several usages as one; the chosen ranks are averaged.
RankUsage sum(const std::vector<RankUsage>& usages, const std::string& site) {
  RankUsage total;
  total.site = site;
  Index choosing = 0;
  for (const RankUsage& usage : usages) {
    add(total, usage);
    if (usage.chosen.size() == 0) continue;
    total.chosen = choosing == 0 ? usage.chosen : VectorXd(total.chosen + usage.chosen);
    ++choosing;
  }
  if (choosing > 0) total.chosen /= static_cast<double>(choosing);
  return total;
}

}  // namespace

MatrixXd RankUsage::share() const { return (count.array() / tokens.array().max(1)).matrix(); }

MatrixXd RankUsage::gate() const {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  return (count.array() > 0).select(mass.array() / count.array(), kNone).matrix();
}

bool has_soft_gates(const GroupUsage& usage) {
  return std::any_of(usage.sites.begin(), usage.sites.end(),
                     [](const RankUsage& site) { return site.mass != site.count; });
}

std::optional<GroupUsage> read_usage(const RunGroup& group) {
  GroupUsage usage;
  std::map<std::string, std::vector<RankUsage>> seeds_of_site;
  std::vector<std::string> order;
  for (const Run& run : group.runs) {
    const RunFile& file = run.file();
    const std::vector<std::string> tasks = task_names(file.layout());
    if (usage.tasks.empty()) usage.tasks = tasks;
    check(tasks == usage.tasks, "{}: has other tasks than the first run of '{}'", run.path.string(),
          group.label);
    bool recorded = false;
    for (const SiteRecord& site : file.layout().sites) {
      if (site.ranks == 0) continue;
      RankUsage read = read_site(file, site);
      if (read.count.size() == 0) continue;
      usage.has_gaps = usage.has_gaps || read.tokens.minCoeff() == 0;
      if (!has_order(site, read)) {
        sort_by_load(read);
        usage.ordered = false;
      }
      recorded = true;
      if (!seeds_of_site.contains(site.name)) order.push_back(site.name);
      seeds_of_site[site.name].push_back(std::move(read));
    }
    usage.seeds += recorded ? 1 : 0;
  }
  for (const std::string& site : order) usage.sites.push_back(sum(seeds_of_site[site], site));
  if (usage.sites.empty()) return std::nullopt;
  return usage;
}

RankUsage sum_over_sites(const GroupUsage& usage) { return sum(usage.sites, "all sites"); }

}  // namespace rankwise::analysis
