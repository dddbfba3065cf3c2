#include "analysis/measures/routing_curves.h"

#include "analysis/runs/matrix.h"
#include "analysis/runs/token_choice.h"
#include "analysis/statistics/statistics.h"
#include "framework/record/run_reader.h"

#include <algorithm>
#include <cmath>

namespace rankwise::analysis {
namespace {

constexpr const char* kEntropy = "entropy, nats";
constexpr const char* kDead = "dead ranks, share";
constexpr const char* kLoad = "load, max / mean";
constexpr const char* kBias = "balance bias, max - min";

/// One run's values at one evaluation, one per site (entropy: one per site and task).
using Sites = std::map<std::string, std::vector<double>>;

void measure(const SiteUsage& usage, const SiteRecord& site, Sites& values) {
  const Eigen::VectorXd uses = to_matrix(usage.count, site.ranks).colwise().sum().transpose();
  if (uses.size() > 0 && uses.sum() > 0) {
    const auto dead = static_cast<double>((uses.array() == 0).count());
    values[kDead].push_back(dead / static_cast<double>(site.ranks));
    values[kLoad].push_back(uses.maxCoeff() / uses.mean());
  }
  if (!usage.balance_bias.empty()) {
    const auto [low, high] =
        std::minmax_element(usage.balance_bias.begin(), usage.balance_bias.end());
    values[kBias].push_back(*high - *low);
  }
}

/// [E] values of one run's sites.
std::vector<Sites> measure_sites(const RunFile& file) {
  std::vector<Sites> evaluations(file.evaluation_count());
  for (const SiteRecord& site : file.layout().sites) {
    if (!chooses(file, site)) continue;
    const std::vector<SiteUsage> usage = file.usage(site.name);
    const auto entropies = file.entropy(site.name);
    for (std::size_t e = 0; e < usage.size(); ++e) {
      measure(usage[e], site, evaluations[e]);
      for (const double entropy : entropies[e]) {
        if (!std::isnan(entropy)) evaluations[e][kEntropy].push_back(entropy);
      }
    }
  }
  return evaluations;
}

}  // namespace

const std::vector<std::string>& routing_measures() {
  static const std::vector<std::string> kMeasures = {kEntropy, kDead, kLoad, kBias};
  return kMeasures;
}

RoutingCurves routing_curves(const RunGroup& group) {
  RoutingCurves curves;
  for (const Run& run : group.runs) {
    const RunFile& file = run.file();
    const std::vector<EvaluationRecord> scores = file.scores();
    const std::vector<Sites> evaluations = measure_sites(file);
    for (std::size_t e = 0; e < evaluations.size(); ++e) {
      for (const auto& [measure, values] : evaluations[e]) {
        curves[measure][scores[e].step].push_back(mean_std(values).mean);
      }
    }
  }
  return curves;
}

}  // namespace rankwise::analysis
