#include "analysis/tables/table_kind.h"

#include "analysis/tables/ablation.h"
#include "analysis/tables/aggregate.h"
#include "analysis/tables/grid.h"
#include "analysis/tables/measures.h"
#include "analysis/tables/merging.h"
#include "analysis/tables/scores.h"

namespace rankwise::analysis {
namespace {

Registry<TableKind> built_in() {
  Registry<TableKind> registry("table", "tables");
  registry.add("ablation", table_kind("every label against a reference", ablation_table));
  registry.add("aggregate",
               table_kind("all tasks and seeds at once: IQM, median, P(better)", aggregate_table));
  registry.add("grid", table_kind("one score over two axes of the config", grid_table));
  registry.add("mean_rank", table_kind("mean chosen rank over steps", mean_rank_table));
  registry.add("measures", table_kind("recovery of what a suite planted", measures_table));
  registry.add("merging", table_kind("each task before and after merging", merging_table));
  registry.add("scores", table_kind("score of every task, parameters and speed", scores_table));
  return registry;
}

}  // namespace

Registry<TableKind>& tables() {
  static Registry<TableKind> registry = built_in();
  return registry;
}

std::string take_table_name(std::vector<std::string>& arguments) {
  if (arguments.empty() || !tables().contains(arguments.front())) return "scores";
  std::string name = arguments.front();
  arguments.erase(arguments.begin());
  return name;
}

}  // namespace rankwise::analysis
