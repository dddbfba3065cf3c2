#include "analysis/figures/figure.h"
#include "analysis/measures/task_similarity.h"
#include "analysis/output/figure_style.h"
#include "analysis/output/heat_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"
#include "analysis/statistics/dendrogram.h"
#include "analysis/statistics/statistics.h"

#include <fmt/format.h>

namespace rankwise::analysis {
namespace {

constexpr double kTreeWidth = 0.2;  // inches

struct SimilarityOptions {
  std::vector<std::string> labels;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
  }
};

/// A branching, in cells downwards and as a share of the tree's height.
struct Node {
  double row = 0, height = 0;
};

/// The tree to the right of its matrix, root outwards; `across` is its width over the matrix's.
std::string tree_commands(const Dendrogram& tree, double across) {
  const std::size_t n = tree.order.size();
  std::vector<Node> nodes(n);
  for (std::size_t i = 0; i < n; ++i) nodes[tree.order[i]].row = static_cast<double>(i) + 1;
  const double highest = tree.merges.empty() ? 0 : tree.merges.back().height;
  std::string text;
  const auto line = [&](const Node& from, const Node& to) {
    text += fmt::format(
        "set arrow from graph {:.4f},first {:.4f} to graph {:.4f},first {:.4f} nohead lw 0.7\n",
        1.01 + across * from.height, from.row, 1.01 + across * to.height, to.row);
  };
  for (const Merge& merge : tree.merges) {
    const Node left = nodes[static_cast<std::size_t>(merge.left)];
    const Node right = nodes[static_cast<std::size_t>(merge.right)];
    const double height = highest > 0 ? merge.height / highest : 0;
    line(left, {left.row, height});
    line(right, {right.row, height});
    line({left.row, height}, {right.row, height});
    nodes.push_back({(left.row + right.row) / 2, height});
  }
  return text;
}

/// "3 sst2 (sentiment)", in the order of the tree.
std::vector<std::string> row_names(const TaskSimilarity& similarity,
                                   const std::vector<std::size_t>& order) {
  std::vector<std::string> names;
  for (const std::size_t t : order) {
    const std::string family =
        similarity.families.empty() ? "" : fmt::format(" ({})", similarity.families[t]);
    names.push_back(fmt::format("{} {}{}", t + 1, similarity.tasks[t], family));
  }
  return names;
}

std::string heading(const RunGroup& group, const TaskSimilarity& similarity,
                    const std::string& what) {
  const std::size_t seeds = similarity.seeds;
  std::string text =
      fmt::format("{}: {}, mean over sites{}", group.label, what, seeds > 1 ? " and seeds" : "");
  const MeanStd silhouette = mean_std(similarity.silhouettes);
  if (silhouette.count > 0) text += fmt::format("; silhouette of families {:.2f}", silhouette.mean);
  if (silhouette.count > 1) text += fmt::format(" ± {:.2f} std", silhouette.std);
  return text;
}

/// The beginning of the colour scale up to 1, such that a fifth of it is a round number.
double scale_start(double least) {
  for (const double start : {0.9, 0.75, 0.5, 0.0}) {
    if (least >= start) return start;
  }
  return -1;
}

Drawing similarity_drawing(const std::string& name, const RunGroup& group,
                           const TaskSimilarity& similarity, const std::string& what,
                           double width_of_drawing) {
  const Dendrogram tree = average_linkage_tree((1 - similarity.value.array()).matrix());
  HeatMap map{.title = group.label,
              .rows = row_names(similarity, tree.order),
              .columns = {},
              .value = reordered(similarity.value, tree.order)};
  for (const std::size_t t : tree.order) map.columns.push_back(std::to_string(t + 1));
  HeatStyle style{
      .name = name, .heading = heading(group, similarity, what), .source = source_of(group)};
  style.width = width_of_drawing;
  style.panel_name = "label";
  style.row_name = "task";
  style.colour = what;
  style.low = scale_start(similarity.value.minCoeff());
  style.row_height = 0.2;
  style.right = kTreeWidth + 0.05;
  const double width = heat_panel_width({map}, style);
  style.numbers = true;
  map.commands = tree_commands(tree, kTreeWidth / width);
  return heat_drawing({map}, style);
}

FigureFiles draw_similarity(const FigureRequest& request, const SimilarityOptions& options) {
  return draw_each_label(
      request, options.labels, "similarity",
      [&](const RunGroup& group, const std::string& name, FigureFiles& result) {
        const auto usage = usage_similarity(group), embedding = embedding_similarity(group);
        if (!usage && !embedding) {
          throw NothingToDraw("no rank is chosen and tasks have no embeddings");
        }
        const auto add = [&](const std::string& file, const TaskSimilarity& similarity,
                             const std::string& what) {
          if (!similarity.value.allFinite()) {
            result.leave_out(group.label, fmt::format("{}: a task has none", what));
            return;
          }
          result.draw(similarity_drawing(file, group, similarity, what, request.width), request);
        };
        if (usage) add(name, *usage, "Bhattacharyya coefficient of rank usage");
        if (embedding) add(name + "_embedding", *embedding, "cosine of task embeddings");
      });
}

const RegisterFigure similarity_registration(
    "similarity",
    "tasks by tasks: similarity of rank usage and of embeddings, with tree and silhouette",
    draw_similarity);

}  // namespace

}  // namespace rankwise::analysis
