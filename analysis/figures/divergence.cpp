#include "analysis/figures/figure.h"
#include "analysis/measures/usage_divergence.h"
#include "analysis/output/figure_style.h"
#include "analysis/output/heat_figure.h"
#include "analysis/output/heat_scale.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"
#include "analysis/runs/site_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstddef>
#include <tuple>

namespace rankwise::analysis {
namespace {

struct DivergenceOptions {
  std::vector<std::string> labels;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
  }
};

/// Over the numbers that there are.
double mean(const Eigen::MatrixXd& values) {
  double sum = 0, count = 0;
  for (const double value : values.reshaped()) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return sum / count;
}

/// The tasks against each other, and below them the null.
std::vector<HeatMap> to_maps(const UsageDivergence& divergence) {
  const std::vector<std::string> sites = short_site_names(divergence.sites);
  const auto map = [&](const char* title, const Eigen::MatrixXd& value) {
    return HeatMap{.title = title, .rows = divergence.tasks, .columns = sites, .value = value};
  };
  return {map("from the other tasks", divergence.from_others),
          map(divergence.recorded ? "if all tasks were alike" : "if tokens chose independently",
              divergence.null())};
}

std::string heading(const RunGroup& group, const UsageDivergence& divergence) {
  const char* null = divergence.recorded
                         ? "if all were alike, by the halves of each task's examples"
                         : "if tokens chose independently (those of a text do not)";
  return fmt::format(
      "{}: ranks that tasks use, {}. Mean {:.3f} bits from the other tasks, {:.4f} {}", group.label,
      divergence.seeds > 1 ? fmt::format("{} seeds", divergence.seeds) : "one seed",
      mean(divergence.from_others), mean(divergence.null()), null);
}

/// The sites by layer, where there is no room for the name of each.
void name_layers(const UsageDivergence& divergence, const std::vector<HeatMap>& maps,
                 HeatStyle& style) {
  const std::vector<std::string>& names = maps.front().columns;
  constexpr double kApart = 0.03;  // inches
  double needed = 0;
  for (const std::string& name : names) needed += text_width({name}, kLeastSize) + kApart;
  if (needed <= heat_panel_width(maps, style)) return;
  const std::vector<std::string> layers = site_layers(divergence.sites);
  std::size_t most = 0;  // sites of a layer
  std::string order;     // of those of the first one that has most
  for (std::size_t first = 0, end = 0; first < layers.size(); first = end) {
    while (end < layers.size() && layers[end] == layers[first]) ++end;
    style.column_tics.emplace_back(static_cast<double>(first + end + 1) / 2, layers[first]);
    if (end - first <= most) continue;
    most = end - first;
    std::vector<std::string> own(names.begin() + static_cast<std::ptrdiff_t>(first),
                                 names.begin() + static_cast<std::ptrdiff_t>(end));
    for (std::string& name : own) name = name.substr(name.find(' ') + 1);
    order = fmt::to_string(fmt::join(own, ", "));
  }
  style.column_axis = "layer";
  style.heading += fmt::format(". Columns of a layer: {}", order);
}

HeatStyle style(const std::string& name, const RunGroup& group, const UsageDivergence& divergence,
                const std::vector<HeatMap>& maps) {
  HeatStyle style{.name = name, .heading = heading(group, divergence), .source = source_of(group)};
  style.panel_name = "against";
  style.row_name = "task";
  style.column_axis = "site";
  style.colour = "Jensen-Shannon divergence, bits";
  style.columns = 1;
  style.row_height = 0.11;
  std::tie(style.low, style.high) = value_scale(maps);
  return style;
}

FigureFiles draw_divergence(const FigureRequest& request, const DivergenceOptions& options) {
  return draw_each_label(request, options.labels, "divergence",
                         [&](const RunGroup& group, const std::string& name, FigureFiles& result) {
                           const auto divergence = usage_divergence(group);
                           if (!divergence)
                             throw NothingToDraw("no rank is chosen, or there is one task");
                           const std::vector<HeatMap> maps = to_maps(*divergence);
                           HeatStyle drawn = style(name, group, *divergence, maps);
                           drawn.width = request.width;
                           name_layers(*divergence, maps, drawn);
                           result.draw(heat_drawing(maps, drawn), request);
                         });
}

const RegisterFigure divergence_registration("divergence",
                                             "tasks by sites: how far a task's ranks are from the "
                                             "other tasks', beside two halves of one task",
                                             draw_divergence);

}  // namespace

}  // namespace rankwise::analysis
