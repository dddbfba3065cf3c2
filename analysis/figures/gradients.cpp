#include "analysis/figures/figure.h"
#include "analysis/measures/gradient_correlation.h"
#include "analysis/output/heat_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"
#include "analysis/statistics/dendrogram.h"
#include "framework/core/error.h"
#include "framework/record/run_reader.h"

#include <fmt/format.h>

namespace rankwise::analysis {
namespace {

struct GradientOptions {
  std::vector<std::string> labels;
  std::string site;
  std::int64_t columns = 10;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field("site", self.site, "site to draw; empty: the last by name");
    field("columns", self.columns, "columns of B, drawn at random", positive());
  }
};

std::optional<GradientRecord> gradients_at(const Run& run, const std::string& site) {
  std::optional<GradientRecord> found;
  const RunFile& file = run.file();
  for (GradientRecord& record : file.gradients()) {
    if (site.empty() || record.site == site) found = std::move(record);
  }
  return found;
}

std::vector<HeatMap> to_maps(const std::vector<std::string>& labels,
                             const std::vector<Eigen::MatrixXd>& correlations, std::size_t count) {
  const std::vector<std::size_t> columns = drawn_columns(correlations, count);
  check(!columns.empty(), "no column of B has a gradient under every label");
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const std::size_t column : columns) names.push_back(std::to_string(column + 1));
  std::vector<HeatMap> maps;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double mean = mean_absolute_off_diagonal(correlations[i]);
    maps.push_back({.title = fmt::format("{} ({:.2f})", labels[i], mean),
                    .rows = names,
                    .columns = names,
                    .value = reordered(correlations[i], columns)});
  }
  return maps;
}

/// What the numbers in brackets are to be held against; nothing of a run without the site or steps.
std::string null_text(const Run& run, const std::string& site) {
  const auto steps = run.attributes.value("steps", std::int64_t{0});
  for (const SiteRecord& record : run.file().layout().sites) {
    if (record.name != site || record.out < 1 || steps < 2) continue;
    return fmt::format(", {:.3f} at least, of independent entries",
                       independent_correlation(steps, record.out));
  }
  return "";
}

FigureFiles draw_gradients(const FigureRequest& request, const GradientOptions& options) {
  const RunSet runs = choose_labels(request.runs, options.labels);
  FigureFiles result;
  std::vector<std::string> labels;
  std::vector<Eigen::MatrixXd> correlations;
  std::string site, null;
  for (const RunGroup& group : runs.groups) {
    const Run& run = group.runs.front();
    if (const auto gradients = gradients_at(run, options.site)) {
      const Eigen::MatrixXd correlation = gradient_correlation(*gradients);
      if (!correlation.array().isFinite().any()) {
        result.leave_out(run.label, "no column of B has a gradient");
        continue;
      }
      site = gradients->site;
      null = null_text(run, site);
      labels.push_back(run.label);
      correlations.push_back(correlation);
    } else {
      result.leave_out(run.label,
                       fmt::format("no gradients are recorded{} (record.gradients)",
                                   options.site.empty() ? std::string()
                                                        : fmt::format(" at '{}'", options.site)));
    }
  }
  check(!labels.empty(), "nothing to draw: {}", result.reasons());
  HeatStyle style{.name = "gradients",
                  .heading = fmt::format(
                      "{}; in brackets: mean absolute correlation of all columns{}", site, null),
                  .source = source_of_first(runs)};
  style.width = request.width;
  style.row_name = "column";
  style.row_axis = style.column_axis = "column of B";
  style.colour = "correlation of the columns' gradients";
  style.low = -1;
  style.columns = 2;
  style.row_height = 0.14;
  const auto count = static_cast<std::size_t>(options.columns);
  result.draw(heat_drawing(to_maps(labels, correlations, count), style), request);
  return result;
}

const RegisterFigure gradients_registration(
    "gradients",
    "correlation of the gradients of B's columns over the steps, one panel per label; first seed",
    draw_gradients);

}  // namespace

}  // namespace rankwise::analysis
