/// Figures, looked up by name; each is one file that turns run files into drawings.
#pragma once

#include "analysis/runs/run_set.h"
#include "framework/core/json.h"
#include "framework/core/options.h"
#include "framework/core/registry.h"

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {

struct FigureRequest {
  const RunSet& runs;
  std::filesystem::path out;  // the folder that the files go to
  nlohmann::json options = nlohmann::json::object();
};

struct FigureFiles {
  std::vector<std::filesystem::path> files;

  void add(const std::vector<std::filesystem::path>& more);
  /// Notes that a label is not drawn.
  void leave_out(const std::string& label, const std::string& reason);
  /// A line for each reason with all its labels: "not drawn, no rank is chosen: lora, dora".
  std::vector<std::string> notes() const;
  /// The reasons of all labels that were left out, each once: "no rank is chosen (lora, dora and 3
  /// more)".
  std::string reasons() const;

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> left_out_;  // reason, its labels
};

/// A registered figure. `draw` throws Error for an unknown option, or when nothing can be drawn.
struct Figure {
  std::string summary;
  std::vector<OptionInfo> options;
  std::function<FigureFiles(const FigureRequest&)> draw;
};

Registry<Figure>& figures();

Figure clusters_figure();
Figure coactivation_figure();
Figure gradients_figure();
Figure pareto_figure();
Figure profiles_figure();
Figure rank_distribution_figure();
Figure ranks_figure();
Figure recovery_figure();
Figure routing_figure();
Figure selection_figure();
Figure similarity_figure();
Figure sweep_figure();
Figure training_figure();
Figure usage_figure();

}  // namespace rankwise::analysis
