#include "analysis/figures/figure.h"
#include "analysis/measures/embedding_points.h"
#include "analysis/output/figure_style.h"
#include "analysis/output/table.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"
#include "analysis/statistics/projection.h"
#include "analysis/statistics/silhouette.h"
#include "framework/core/slug.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr const char* kPooled = "pooled";  // the backbone's output, in a run file
constexpr std::size_t kFewestSamples = 8;  // below, no neighbourhood means anything

struct ClustersOptions {
  std::vector<std::string> labels;
  std::string site;
  std::int64_t points = 300;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field("site", self.site, "site to draw beside 'pooled'; empty: the last with task embeddings");
    field("points", self.points, "most sampled sequences to draw", between(10, 2000));
  }
};

/// One of the two panels.
struct Projection {
  std::string title;
  std::string axis;  // what its axes are called
  MatrixXd plane;    // [n, 2]
};

std::string silhouette_text(const MatrixXd& points, const std::vector<int>& clusters,
                            Distance distance) {
  const auto value = silhouette(points, clusters, distance);
  return value ? fmt::format("{:.2f}", *value) : "–";
}

/// The tasks of the samples, or of task embeddings alone, or the families of these tasks.
std::vector<int> clusters_of(const EmbeddingPoints& points, const std::vector<int>& of_task) {
  std::vector<int> clusters;
  const std::size_t count = points.samples > 0 ? points.samples : points.task.size();
  for (std::size_t i = 0; i < count; ++i) {
    clusters.push_back(of_task[static_cast<std::size_t>(points.task[i])]);
  }
  return clusters;
}

/// A number for each task's family; tasks without one are families of their own.
std::vector<int> families_of(const std::vector<TaskRecord>& tasks) {
  std::map<std::string, int> numbers;
  std::vector<int> families;
  for (const TaskRecord& task : tasks) {
    const std::string family = task.family.empty() ? "task " + task.name : task.family;
    families.push_back(numbers.emplace(family, static_cast<int>(numbers.size())).first->second);
  }
  return families;
}

/// t-SNE of a few task embeddings alone would show neighbourhoods that mean nothing.
std::vector<Projection> projections(const EmbeddingPoints& points) {
  const Pca components = pca(points.points);
  const std::string title =
      fmt::format("PCA, {:.0f} % of the variance", 100 * components.explained.sum());
  std::vector<Projection> all = {{title, "component", components.scores}};
  if (points.samples == 0) return all;
  const Tsne neighbours =
      tsne(points.points, {.perplexity = suggested_perplexity(points.points.rows())});
  all.push_back({"t-SNE", "dimension", neighbours.embedding});
  return all;
}

std::string clusters_csv(const EmbeddingPoints& points, const std::vector<TaskRecord>& tasks,
                         const std::vector<Projection>& panels) {
  std::vector<std::string> head = {"kind", "task", "number", "pca_x", "pca_y"};
  if (panels.size() > 1) head.insert(head.end(), {"tsne_x", "tsne_y"});
  std::string csv = csv_line(head);
  for (std::size_t i = 0; i < points.task.size(); ++i) {
    const auto task = static_cast<std::size_t>(points.task[i]);
    std::vector<std::string> fields = {i < points.samples ? "sample" : "task", tasks[task].name,
                                       std::to_string(task + 1)};
    for (const Projection& panel : panels) {
      for (const Index axis : {0, 1}) {
        fields.push_back(csv_number(panel.plane(static_cast<Index>(i), axis)));
      }
    }
    csv += csv_line(fields);
  }
  return csv;
}

/// The samples of every task as small markers, then task embeddings as large ones with numbers.
std::string cluster_plot(const EmbeddingPoints& points, int x_column) {
  std::vector<std::string> plots;
  std::size_t first = 0;
  while (first < points.samples) {
    std::size_t end = first;
    while (end < points.samples && points.task[end] == points.task[first]) ++end;
    const auto task = static_cast<std::size_t>(points.task[first]);
    plots.push_back(fmt::format(
        "data skip 1 every ::{}::{} using {}:{} with points pt {} ps 0.3 lw 0.6 lc rgb '{}'", first,
        end - 1, x_column, x_column + 1, series_shape(task), series_colour(task)));
    first = end;
  }
  for (std::size_t i = points.samples; i < points.task.size(); ++i) {
    const auto task = static_cast<std::size_t>(points.task[i]);
    const std::string row =
        fmt::format("data skip 1 every ::{0}::{0} using {1}:{2}", i, x_column, x_column + 1);
    plots.push_back(
        fmt::format("{} with points pt {} ps 1.15 lc rgb 'black'", row, series_shape(task)));
    plots.push_back(fmt::format("{} with points pt {} ps 0.9 lc rgb '{}'", row, series_shape(task),
                                series_colour(task)));
    plots.push_back(
        fmt::format("{}:(sprintf('%d',$3)) with labels left offset 0.7,0.35 font ',6.5'", row));
  }
  return fmt::format("plot {}\n", fmt::join(plots, ", \\\n  "));
}

std::string axis_names(const std::string& axis) {
  return fmt::format(
      "set xlabel '{0} 1' offset 0,0.5 font ',6'\nset ylabel '{0} 2' offset 1.3,0 font ',6'\n",
      axis);
}

/// Silhouettes where nothing is lost by projection: of the samples by task, and of all by family
/// where there are any.
std::string silhouettes(const EmbeddingPoints& points, const std::vector<TaskRecord>& tasks) {
  std::vector<int> numbers(tasks.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  const std::vector<int> families = families_of(tasks);
  const bool sampled = points.samples > 0;
  const Index rows = sampled ? static_cast<Index>(points.samples) : points.points.rows();
  const MatrixXd shown = points.points.topRows(rows);
  const auto text = [&](const std::vector<int>& of_task) {
    return silhouette_text(shown, clusters_of(points, of_task), Distance::kCosine);
  };
  std::vector<std::string> parts;
  if (sampled) parts.push_back("by task " + text(numbers));
  const bool several = std::set<int>(families.begin(), families.end()).size() > 1;
  if (several && families != numbers) parts.push_back("by family " + text(families));
  if (parts.empty()) return "";
  return fmt::format("; silhouette {} (cosine, {} dimensions)", fmt::join(parts, ", "),
                     shown.cols());
}

std::string contents(const EmbeddingPoints& points) {
  if (points.samples == 0) return "task embeddings";
  return points.samples < points.task.size() ? "dev sequences (small) and task embeddings (large)"
                                             : "dev sequences";
}

std::string site_text(const std::string& site) {
  return site == kPooled ? "the backbone's pooled output" : site;
}

Legend task_legend(const std::vector<TaskRecord>& tasks) {
  Legend legend{.labels = {}, .lines = false};
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    legend.labels.push_back(fmt::format("{} {}", t + 1, tasks[t].name));
  }
  return legend;
}

/// Two panels beside each other, or one of the same size in the middle.
Drawing clusters_drawing(const std::string& name, const Run& run, const EmbeddingPoints& points,
                         double width) {
  const std::vector<TaskRecord>& tasks = run.file().layout().tasks;
  const std::vector<Projection> panels = projections(points);
  const Legend legend = task_legend(tasks);
  const Heading heading{fmt::format("{}: {} at {}{}", run.label, contents(points),
                                    site_text(points.site), silhouettes(points, tasks)),
                        source_of(run)};
  Drawing drawing{.name = name, .width = width, .font_size = 7};
  constexpr double kEdge = 0.17, kApart = 0.2, kTitle = 0.16, kAxisName = 0.2;
  const double side = (width - 0.07 - kEdge - kApart) / 2,
               bottom = legend.height(drawing) + kAxisName;
  drawing.height = bottom + side + kTitle + heading.height(drawing);
  drawing.caption = heading.caption();
  drawing.csv = clusters_csv(points, tasks, panels);
  drawing.script =
      heading.commands(drawing) + legend.commands(drawing) +
      "unset key\nset border lw 0.5\nunset xtics\nunset ytics\nset offsets graph 0.07, graph "
      "0.14, graph 0.09, graph 0.07\nset title offset 0,-0.9\nset multiplot\n";
  const double first = panels.size() > 1 ? kEdge : (width - side) / 2;
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const double left = first + static_cast<double>(p) * (side + kApart);
    drawing.script += place({left, bottom, side, side}, drawing) + "set title " +
                      gnuplot_string(panels[p].title) + "\n" + axis_names(panels[p].axis) +
                      cluster_plot(points, 4 + 2 * static_cast<int>(p)) + "unset label\n";
  }
  drawing.script += "unset multiplot\n";
  return drawing;
}

/// The sites to draw of a run: the wanted one, and the backbone's output.
std::vector<std::string> sites_to_draw(const RunFile& file, const ClustersOptions& options) {
  const std::string site = options.site.empty() ? last_embedding_site(file) : options.site;
  if (site.empty() || site == kPooled) return {kPooled};
  return {site, kPooled};
}

/// Whether the points [n, D] have a spread, without which a projection means nothing.
bool spread_out(const MatrixXd& points) {
  return points.allFinite() && (points.rowwise() - points.row(0)).cwiseAbs().maxCoeff() > 0;
}

/// The points of a site: its samples, or where the file keeps none there its task embeddings.
EmbeddingPoints points_at(const RunFile& file, const std::string& site, std::size_t most) {
  auto points = embedding_points(file, site, most);
  if (points && points->samples < kFewestSamples) points.reset();
  if (!points) points = task_embedding_points(file, site);
  if (!points) throw NothingToDraw(fmt::format("no sampled sequences at '{}'", site));
  if (points->task.size() < 3) {
    throw NothingToDraw(fmt::format("fewer than three task embeddings at '{}'", site));
  }
  if (!spread_out(points->points)) {
    throw NothingToDraw(fmt::format("all points at '{}' are alike or not finite", site));
  }
  return std::move(*points);
}

/// Draws every site of one run, or notes why not.
void draw_run(const Run& run, const std::string& name, const ClustersOptions& options,
              const FigureRequest& request, FigureFiles& result) {
  for (const std::string& site : sites_to_draw(run.file(), options)) {
    try {
      const EmbeddingPoints points =
          points_at(run.file(), site, static_cast<std::size_t>(options.points));
      const std::string file_name = fmt::format("{}_{}", name, figure_slug(site));
      result.draw(clusters_drawing(file_name, run, points, request.width), request);
      if (points.samples == 0) {
        result.leave_out(run.label, fmt::format("sampled sequences at '{}', which a summary does "
                                                "not keep (run files do)",
                                                site));
      }
    } catch (const NothingToDraw& error) {
      result.leave_out(run.label, error.what());
    }
  }
}

FigureFiles draw_clusters(const FigureRequest& request, const ClustersOptions& options) {
  return draw_each_label(request, options.labels, "clusters",
                         [&](const RunGroup& group, const std::string& name, FigureFiles& result) {
                           draw_run(group.runs.front(), name, options, request, result);
                         });
}

const RegisterFigure clusters_registration(
    "clusters",
    "PCA and t-SNE of task embeddings and sampled sequences, with silhouettes; first seed",
    draw_clusters);

}  // namespace

}  // namespace rankwise::analysis
