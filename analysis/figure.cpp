#include "analysis/figure.h"

namespace rankwise {
namespace {

Registry<Figure> built_in() {
  Registry<Figure> registry("figure", "figures");
  registry.add("clusters", clusters_figure());
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
