#include "analysis/figures/figure.h"
#include "analysis/measures/embedding_points.h"
#include "analysis/output/figure_style.h"
#include "analysis/output/table.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/statistics/projection.h"
#include "analysis/statistics/silhouette.h"
#include "framework/core/slug.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <numeric>

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

/// The samples' tasks, or the families of their tasks.
std::vector<int> clusters_of(const EmbeddingPoints& points, const std::vector<int>& of_task) {
  std::vector<int> clusters;
  for (std::size_t i = 0; i < points.samples; ++i) {
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

std::vector<Projection> projections(const EmbeddingPoints& points, const std::vector<int>& tasks) {
  const Pca components = pca(points.points);
  const Tsne neighbours =
      tsne(points.points, {.perplexity = suggested_perplexity(points.points.rows())});
  const auto title = [&](const std::string& name, const MatrixXd& plane) {
    const MatrixXd samples = plane.topRows(static_cast<Index>(points.samples));
    return fmt::format("{}: S = {}", name, silhouette_text(samples, tasks, Distance::kEuclidean));
  };
  const std::string pca_name = fmt::format("PCA, {:.0f} % of {}-d variance",
                                           100 * components.explained.sum(), points.points.cols());
  return {{title(pca_name, components.scores), "component", components.scores},
          {title("t-SNE", neighbours.embedding), "dimension", neighbours.embedding}};
}

std::string clusters_csv(const EmbeddingPoints& points, const std::vector<TaskRecord>& tasks,
                         const std::vector<Projection>& panels) {
  std::string csv = csv_line({"kind", "task", "number", "pca_x", "pca_y", "tsne_x", "tsne_y"});
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

/// Silhouettes of the samples where nothing is lost by projection; by family where there are any.
std::string silhouettes(const EmbeddingPoints& points, const std::vector<int>& of_task,
                        const std::vector<int>& of_family) {
  const MatrixXd samples = points.points.topRows(static_cast<Index>(points.samples));
  const auto text = [&](const std::vector<int>& clusters) {
    return silhouette_text(samples, clusters, Distance::kCosine);
  };
  const std::string by_family = of_family == of_task ? "" : ", by family " + text(of_family);
  return fmt::format("silhouette S by task {}{} (cosine, {} dimensions)", text(of_task), by_family,
                     samples.cols());
}

/// The text around the panels.
std::string surroundings(const std::string& title, const std::string& subtitle,
                         const Legend& legend, const EmbeddingPoints& points,
                         const Drawing& drawing) {
  const bool embeddings = points.samples < points.task.size();
  return centred_text(title, 0.1, 7, drawing) + centred_text(subtitle, 0.23, 6, drawing) +
         centred_text(embeddings ? "small: dev sequences; large: task embeddings" : "dev sequences",
                      drawing.height - legend.height(drawing) - 0.08, 6, drawing) +
         legend.commands(drawing);
}

Drawing clusters_drawing(const std::string& name, const Run& run, const EmbeddingPoints& points,
                         const std::vector<TaskRecord>& tasks) {
  std::vector<int> numbers(tasks.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  Legend legend{.labels = {}, .lines = false};
  for (const int t : numbers) {
    legend.labels.push_back(fmt::format("{} {}", t + 1, tasks[static_cast<std::size_t>(t)].name));
  }
  const std::vector<int> of_task = clusters_of(points, numbers);
  const std::vector<Projection> panels = projections(points, of_task);

  Drawing drawing{.name = name, .font_size = 7};
  const double side = 1.48, bottom = legend.height(drawing) + 0.33;
  drawing.height = bottom + side + 0.45;
  drawing.csv = clusters_csv(points, tasks, panels);
  drawing.script =
      surroundings(fmt::format("{}, {}, seed {}", run.label, points.site, run.seed),
                   silhouettes(points, of_task, clusters_of(points, families_of(tasks))), legend,
                   points, drawing) +
      "unset key\nset border lw 0.5\nunset xtics\nunset ytics\nset offsets graph 0.07, graph "
      "0.14, graph 0.09, graph 0.07\nset title offset 0,-0.9 font ',6'\nset multiplot\n";
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const double left = 0.17 + static_cast<double>(p) * (side + 0.2);
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

/// Draws every site of one run, or notes why not.
void draw_run(const Run& run, const std::string& name, const ClustersOptions& options,
              const std::filesystem::path& out, FigureFiles& result) {
  const RunFile& file = run.file();
  for (const std::string& site : sites_to_draw(file, options)) {
    const auto points = embedding_points(file, site, static_cast<std::size_t>(options.points));
    if (!points || points->samples < kFewestSamples) {
      result.leave_out(run.label, fmt::format("no sampled sequences at '{}'", site));
      continue;
    }
    if (!spread_out(points->points)) {
      result.leave_out(run.label, fmt::format("all samples at '{}' are alike or not finite", site));
      continue;
    }
    const std::string file_name = fmt::format("{}_{}", name, figure_slug(site));
    result.add(draw(clusters_drawing(file_name, run, *points, file.layout().tasks), out));
  }
}

FigureFiles draw_clusters(const FigureRequest& request, const ClustersOptions& options) {
  return draw_each_label(request, options.labels, "clusters",
                         [&](const RunGroup& group, const std::string& name, FigureFiles& result) {
                           draw_run(group.runs.front(), name, options, request.out, result);
                         });
}

const RegisterFigure clusters_registration(
    "clusters",
    "PCA and t-SNE of task embeddings and sampled sequences, with silhouettes; first seed",
    draw_clusters);

}  // namespace

}  // namespace rankwise::analysis
