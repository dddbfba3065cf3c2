/// Where an update attaches, and what a variant is told when it makes one.
#pragma once

#include "framework/core/seed.h"

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rankwise {

/// One linear of the backbone.
struct Site {
  std::string name;  // "encoder.layer.0.attention.self.query"
  std::int64_t in = 0;
  std::int64_t out = 0;
  torch::Tensor weight;     // [out, in] the frozen weight, for variants that start from it
  bool causal = false;      // its rows see those before them alone
  bool in_decoder = false;  // of a decoder beside an encoder
};

/// What holds for all sites of a run.
struct AdapterInputs {
  std::int64_t tasks = 1;  // T
  std::int64_t sites = 1;
  torch::TensorOptions options;  // floating type and device of parameters
  Seed seed{0};                  // a site's own draws come from seed.stream(site.name)
  /// Where the suite knows it: the true rank [T] of each task's update at each site.
  std::map<std::string, std::vector<std::int64_t>> true_ranks;
};

}  // namespace rankwise
