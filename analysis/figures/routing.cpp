#include "analysis/figures/figure.h"
#include "analysis/measures/routing_curves.h"
#include "analysis/output/line_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"
#include "framework/core/error.h"

namespace rankwise::analysis {
namespace {

struct RoutingOptions {
  std::vector<std::string> labels;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
  }
};

/// Adds a label's line to the panel of each measure that it has.
void add_lines(const std::string& label, const RoutingCurves& curves,
               std::map<std::string, std::vector<Line>>& lines) {
  for (const auto& [measure, by_step] : curves) {
    Line line{label};
    for (const auto& [step, values] : by_step) line.add_mean(static_cast<double>(step), values);
    lines[measure].push_back(std::move(line));
  }
}

FigureFiles draw_routing(const FigureRequest& request, const RoutingOptions& options) {
  FigureFiles result;
  std::map<std::string, std::vector<Line>> lines;
  const RunSet runs = choose_labels(request.runs, options.labels);
  for (const RunGroup& group : runs.groups) {
    const RoutingCurves curves = routing_curves(group);
    const std::size_t count = curves.empty() ? 0 : curves.begin()->second.size();
    if (curves.empty()) {
      result.leave_out(group.label, "no rank is chosen");
    } else if (count < kFewestEvaluations) {
      result.leave_out(group.label, too_few_evaluations(count));
    } else {
      add_lines(group.label, curves, lines);
    }
  }
  check(!lines.empty(), "nothing to draw: {}", result.reasons());
  std::vector<LinePanel> panels;
  for (const std::string& measure : routing_measures()) {
    if (lines.contains(measure)) panels.push_back({measure, lines[measure]});
  }
  leave_out_empty(panels, result);
  LineStyle style{.name = "routing"};
  style.heading = std::string("Use of ranks on dev, mean over sites") +
                  (several_seeds(runs) ? "; band: 95 % t-interval" : ", one seed");
  style.panel_name = "measure";
  style.x_name = style.x_axis = "step";
  style.y_name = "mean";
  style.low = style.floor = 0;
  style.markers = few_points(panels);
  style.own_axes = true;
  style.source = source_of(runs);
  style.width = request.width;
  style.looks = request.looks();
  result.draw_lines(panels, style, request);
  return result;
}

const RegisterFigure routing_registration(
    "routing", "routing entropy, dead ranks, load and balance bias over steps, all labels",
    draw_routing);

}  // namespace

}  // namespace rankwise::analysis
