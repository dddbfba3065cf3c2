#include "analysis/measures/gate_entropy.h"

#include "analysis/runs/matrix.h"
#include "framework/record/run_reader.h"

#include <Eigen/Core>
#include <fmt/format.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

/// Entropy over that of as many equal probabilities as are not zero; 0 of one that is certain.
double relative_entropy(const Eigen::VectorXd& probability, double possible) {
  double nats = 0;
  for (const double p : probability) nats -= p > 0 ? p * std::log(p) : 0;
  return possible > 1 ? nats / std::log(possible) : 0;
}

}  // namespace

std::optional<GateEntropy> gate_entropy(const RunFile& file) {
  if (file.evaluation_count() == 0) return std::nullopt;
  GateEntropy sum;
  double count = 0;
  for (const SiteRecord& site : file.layout().sites) {
    if (!site.selection || site.ranks < 2) continue;
    const SiteUsage last = file.usage(site.name).back();
    const Eigen::MatrixXd probability = to_matrix(last.probability, site.ranks);
    if (!probability.allFinite()) continue;
    for (Eigen::Index t = 0; t < probability.rows(); ++t) {
      const std::int64_t chosen = last.chosen_rank[static_cast<std::size_t>(t)];
      const auto possible = static_cast<double>((probability.row(t).array() > 0).count());
      sum.entropy += relative_entropy(probability.row(t).transpose(), possible);
      sum.probability += chosen > 0 ? probability(t, chosen - 1) : 0;
      sum.uniform += 1 / possible;
      ++count;
    }
  }
  if (count == 0) return std::nullopt;
  return GateEntropy{sum.entropy / count, sum.probability / count, sum.uniform / count};
}

std::optional<GateEntropy> gate_entropy(const RunGroup& group) {
  GateEntropy sum;
  double runs = 0;
  for (const Run& run : group.runs) {
    const auto gate = gate_entropy(run.file());
    if (!gate) continue;
    sum.entropy += gate->entropy;
    sum.probability += gate->probability;
    sum.uniform += gate->uniform;
    ++runs;
  }
  if (runs == 0) return std::nullopt;
  return GateEntropy{sum.entropy / runs, sum.probability / runs, sum.uniform / runs};
}

std::string gate_note(const RunGroup& group) {
  const auto gate = gate_entropy(group);
  if (!gate) return "";
  return fmt::format(
      "; gate entropy {:.2f} of a uniform gate's, chosen rank at probability {:.2f} (uniform "
      "{:.3g})",
      gate->entropy, gate->probability, gate->uniform);
}

}  // namespace rankwise::analysis
