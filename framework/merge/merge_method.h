/// Ways to make one model of several that were trained on a task each, by name.
///
/// Dimensions: t models, L sites.
#pragma once

#include "framework/core/json.h"
#include "framework/core/options.h"
#include "framework/core/registry.h"
#include "framework/merge/merge_source.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rankwise {

/// One update a site, to stand in the place of each source's own.
using MergedUpdates = std::vector<std::shared_ptr<Update>>;

struct MergeMethod {
  std::string summary;
  std::vector<OptionInfo> options;
  /// Checked options with every default filled in; `path` names the place in messages.
  std::function<nlohmann::json(const nlohmann::json& options, const std::string& path)> resolve;
  std::function<MergedUpdates(std::vector<MergeSource>& sources, const nlohmann::json& options,
                              const Seed& seed)>
      merge;
};

/// On the updates' matrices: average, dare, knots, task_arithmetic, ties; on the adapters
/// themselves, routing and all: factors, outputs.
Registry<MergeMethod>& merge_methods();

/// Updates of one model, a matrix ΔW [out, in] for each site.
using Matrices = std::vector<torch::Tensor>;

/// The mean: W_0 + Σ_i ΔW_i / t (FlyLoRA, eq. 12).
Matrices average_matrices(const std::vector<Matrices>& models);

/// λ Σ_i ΔW_i (Ilharco et al., ICLR 2023).
Matrices add_matrices(const std::vector<Matrices>& models, double lambda);

/// Trim each model to its `density` share of largest magnitudes over all sites, elect a sign for
/// each entry by the sum, and average the entries that agree with it; times lambda (Yadav et al.,
/// NeurIPS 2023).
Matrices ties_matrices(const std::vector<Matrices>& models, double density, double lambda);

/// Entries are dropped at random with probability `drop` and the others divided by 1 - drop, then
/// averaged (Yu et al., ICML 2024).
Matrices dare_matrices(const std::vector<Matrices>& models, double drop, const Seed& seed);

/// Per site [ΔW_1 ... ΔW_t] = U Σ [V_1 ... V_t]ᵀ; the V_i are merged by TIES in the common basis
/// (Stoica et al., ICLR 2025).
Matrices knots_matrices(const std::vector<Matrices>& models, double density, double lambda);

}  // namespace rankwise
