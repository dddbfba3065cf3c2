#include "experiments/proofs/proof.h"

#include <cmath>

namespace rankwise::proofs {

namespace {

// A NaN stays one: it must not be lost in a maximum.
double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }

}  // namespace

std::vector<Finding> verify() {
  std::vector<Finding> findings;
  for (const auto& part :
       {forward_proofs(), mixture_proofs(), baseline_proofs(), gradient_proofs(), count_proofs()}) {
    for (const Proof& proof : part) {
      Finding finding{proof.claim, proof.where, 0, proof.limit, proof.trials};
      for (std::int64_t trial = 0; trial < proof.trials; ++trial) {
        const Seed seed = Seed(0).stream(proof.claim).stream(static_cast<std::uint64_t>(trial));
        finding.error = larger(proof.error(seed), finding.error);
      }
      findings.push_back(finding);
    }
  }
  return findings;
}

}  // namespace rankwise::proofs
