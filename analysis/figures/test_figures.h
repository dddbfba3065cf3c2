/// For tests of figures: drawing one by its name.
#pragma once

#include "analysis/figures/figure.h"
#include "analysis/runs/run_set.h"

namespace rankwise::analysis {

/// Draws the runs of `folder` into its folder "figures".
inline FigureFiles draw_figure(const std::string& name, const std::filesystem::path& folder,
                               const nlohmann::json& options = nlohmann::json::object()) {
  const RunSet runs = load_runs({folder});
  return figures().find(name).make({runs, folder / "figures"}, options);
}

}  // namespace rankwise::analysis
