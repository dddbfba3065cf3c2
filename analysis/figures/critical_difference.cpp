#include "analysis/compare/method_ranks.h"
#include "analysis/figures/figure.h"
#include "analysis/output/figure_style.h"
#include "analysis/output/gnuplot.h"
#include "analysis/output/table.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_footers.h"
#include "analysis/runs/run_source.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rankwise::analysis {
namespace {

struct CriticalDifferenceOptions {
  std::vector<std::string> labels;
  std::string split = "test";
  std::string parameters = "best";

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    ScoreChoice::visit(self, field);
  }
};

/// Labels in the order of their mean ranks, the best first.
struct Ordered {
  std::vector<std::string> labels;
  std::vector<double> ranks;
  double difference = 0;

  std::size_t size() const { return labels.size(); }
  std::size_t on_the_left() const { return (size() + 1) / 2; }
};

Ordered ordered(const MethodRanks& ranks) {
  std::vector<std::size_t> order(ranks.labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return ranks.test.mean_ranks[a] < ranks.test.mean_ranks[b];
  });
  Ordered result{.difference = ranks.critical_difference};
  for (const std::size_t i : order) {
    result.labels.push_back(ranks.labels[i]);
    result.ranks.push_back(ranks.test.mean_ranks[i]);
  }
  return result;
}

constexpr double kSmall = 7;    // points, of labels
constexpr double kLine = 0.14;  // inches, of a label
constexpr double kBar = 0.07;   // between the bars of labels that are alike
constexpr double kBelowBars = 0.1;

/// The drawing in inches below its axis: gnuplot's y runs from the lowest label at `-depth` to 0.
struct Plan {
  double bars = 0, depth = 0, side = 0;
};

Plan plan(const Ordered& methods, std::size_t groups) {
  Plan plan;
  plan.bars = kBar * static_cast<double>(groups) + kBelowBars;
  plan.depth = plan.bars + kLine * static_cast<double>(methods.on_the_left());
  plan.side = text_width(methods.labels, kSmall) + text_width({" 00.0"}, kSmall) + 0.12;
  return plan;
}

std::string arrow(double x0, double y0, double x1, double y1, double width) {
  return fmt::format("set arrow from {:.6g},{:.6g} to {:.6g},{:.6g} nohead lw {}\n", x0, y0, x1, y1,
                     width);
}

/// A label at its side, with a line down from its rank.
std::string method(const Ordered& methods, std::size_t i, const Plan& plan) {
  const bool left = i < methods.on_the_left();
  const std::size_t line = left ? i : methods.size() - 1 - i;
  const double y = -plan.bars - kLine * (static_cast<double>(line) + 0.5);
  const double edge = left ? 1 : static_cast<double>(methods.size());
  const std::string text = left ? fmt::format("{} {:.1f}", methods.labels[i], methods.ranks[i])
                                : fmt::format("{:.1f} {}", methods.ranks[i], methods.labels[i]);
  return arrow(methods.ranks[i], 0, methods.ranks[i], y, 0.6) +
         arrow(methods.ranks[i], y, edge, y, 0.6) +
         fmt::format("set label {} at {:.6g},{:.6g} {} offset {},0 font ',{}'\n",
                     gnuplot_string(text), edge, y, left ? "right" : "left", left ? "-0.6" : "0.6",
                     kSmall);
}

/// Bars below the axis that join labels which do not differ, and one above it as long as the
/// critical difference.
std::string bars(const Ordered& methods) {
  constexpr double kAbove = 0.3;
  const double first = 1, last = first + methods.difference;
  std::string text =
      arrow(first, kAbove, last, kAbove, 1) + arrow(first, kAbove - 0.03, first, kAbove + 0.03, 1) +
      arrow(last, kAbove - 0.03, last, kAbove + 0.03, 1) +
      fmt::format(
          "set label 'critical difference {:.1f}' at {:.6g},{:.6g} left offset 0.6,0 font "
          "',{}'\n",
          methods.difference, last, kAbove, kSmall);
  double y = -kBar;
  for (const auto& [from, to] : alike_groups(methods.ranks, methods.difference)) {
    text += arrow(methods.ranks[from] - 0.05, y, methods.ranks[to] + 0.05, y, 2.5);
    y -= kBar;
  }
  return text;
}

std::string csv(const Ordered& methods) {
  std::string text = csv_line({"label", "mean_rank", "critical_difference"});
  for (std::size_t i = 0; i < methods.size(); ++i) {
    text +=
        csv_line({methods.labels[i], csv_number(methods.ranks[i]), csv_number(methods.difference)});
  }
  return text;
}

Drawing to_drawing(const Ordered& methods, const Heading& heading) {
  constexpr double kTop = 0.42, kBottom = 0.06;  // inches of the bar, and below the lowest label
  const auto groups = alike_groups(methods.ranks, methods.difference).size();
  const Plan room = plan(methods, groups);
  Drawing drawing{.name = "critical_difference", .width = methods.size() > 10 ? 7 : 3.4};
  drawing.caption = heading.caption();
  const double head = heading.height(drawing);
  drawing.height = head + kTop + room.depth + kBottom;
  drawing.csv = csv(methods);
  const Panel panel{room.side, kBottom, drawing.width - 2 * room.side, kTop + room.depth};
  drawing.script = heading.commands(drawing) + place(panel, drawing) +
                   fmt::format(
                       "unset key\nunset ytics\nunset border\nset xrange [1:{}]\n"
                       "set yrange [{:.6g}:{:.6g}]\nset xtics axis out scale 0.3 offset 0,1.7 "
                       "1,{}\nset xzeroaxis lt 1 lc rgb 'black' lw 0.8\n",
                       methods.size(), -room.depth, kTop, methods.size() > 12 ? 2 : 1) +
                   bars(methods);
  for (std::size_t i = 0; i < methods.size(); ++i) drawing.script += method(methods, i, room);
  drawing.script += "plot data every ::1 using 2:(0) with points pt 7 ps 0.25 lc rgb 'black'\n";
  return drawing;
}

FigureFiles draw_critical_difference(const FigureRequest& request,
                                     const CriticalDifferenceOptions& options) {
  const RunSet runs = choose_labels(request.runs, options.labels);
  check_one_protocol(runs);
  const auto ranks = method_ranks(read_scores(runs, {options.split, options.parameters}));
  check(ranks.has_value(), "nothing to draw: fewer than two labels share two tasks");
  FigureFiles result;
  for (const std::string& label : runs.labels()) {
    if (std::find(ranks->labels.begin(), ranks->labels.end(), label) == ranks->labels.end()) {
      result.leave_out(label, "it has not all tasks");
    }
  }
  const Heading heading{"Mean rank " + to_text(*ranks) + "; a bar joins those that do not",
                        source_of(runs)};
  result.draw(to_drawing(ordered(*ranks), heading), request);
  return result;
}

const RegisterFigure critical_difference_registration(
    "critical_difference",
    "mean ranks of the labels over tasks, and which of them do not differ (Friedman, Nemenyi)",
    draw_critical_difference);

}  // namespace

}  // namespace rankwise::analysis
