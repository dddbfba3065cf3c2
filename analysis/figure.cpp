#include "analysis/figure.h"

namespace rankwise {
namespace {

Registry<Figure> built_in() {
  Registry<Figure> registry("figure", "figures");
  registry.add("clusters", clusters_figure());
  registry.add("coactivation", coactivation_figure());
  registry.add("gradients", gradients_figure());
  registry.add("pareto", pareto_figure());
  registry.add("profiles", profiles_figure());
  registry.add("rank_distribution", rank_distribution_figure());
  registry.add("ranks", ranks_figure());
  registry.add("recovery", recovery_figure());
  registry.add("routing", routing_figure());
  registry.add("selection", selection_figure());
  registry.add("similarity", similarity_figure());
  registry.add("sweep", sweep_figure());
  registry.add("training", training_figure());
  registry.add("usage", usage_figure());
  return registry;
}

}  // namespace

void FigureFiles::add(const std::vector<std::filesystem::path>& more) {
  files.insert(files.end(), more.begin(), more.end());
}

Registry<Figure>& figures() {
  static Registry<Figure> registry = built_in();
  return registry;
}

}  // namespace rankwise
