/// Which ranks are chosen together.
#pragma once

#include "framework/record/run_reader.h"

#include <Eigen/Core>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Ranks that tokens chose, in the order of their clustering; ranks that none chose are left out.
struct Coactivation {
  std::string site;
  std::vector<std::size_t> order;  // the ranks, from 0
  Eigen::MatrixXd value;           // as ordered; NaN on the diagonal
  std::size_t dead = 0;            // ranks left out
};

/// Tokens that chose both ranks over the geometric mean of those that chose each (Ochiai), from 0
/// to 1, in the last evaluation. Nothing where fewer than two ranks were chosen.
std::optional<Coactivation> coactivation(const RunFile& file, const SiteRecord& site);

}  // namespace rankwise::analysis
