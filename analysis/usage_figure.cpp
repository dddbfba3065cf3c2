#include "analysis/figure.h"
#include "analysis/figure_style.h"
#include "analysis/rank_usage.h"
#include "analysis/site_names.h"
#include "analysis/table.h"
#include "framework/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace rankwise {
namespace {

constexpr int kFirstRankColumn = 3;  // of the CSV, from 0: after site, task and chosen_rank

struct UsageOptions {
  bool sites = true;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("sites", self.sites, "draw one panel a site as well");
  }
};

/// A line a site and task: site, task, chosen rank, share of each rank.
std::string usage_csv(const std::vector<RankUsage>& sites, const std::vector<std::string>& tasks) {
  Eigen::Index ranks = 0;
  for (const RankUsage& site : sites) ranks = std::max(ranks, site.count.cols());
  std::vector<std::string> fields = {"site", "task", "chosen_rank"};
  for (Eigen::Index r = 1; r <= ranks; ++r) fields.push_back(std::to_string(r));
  std::string csv = csv_line(fields);
  for (const RankUsage& site : sites) {
    const Eigen::MatrixXd share = site.share();
    for (Eigen::Index t = 0; t < share.rows(); ++t) {
      const bool chosen = site.chosen.size() > 0;
      fields = {site.site, tasks[static_cast<std::size_t>(t)],
                chosen ? fmt::format("{:.6g}", site.chosen(t)) : ""};
      for (Eigen::Index r = 0; r < ranks; ++r) {
        fields.push_back(r < share.cols() ? fmt::format("{:.6g}", share(t, r)) : "");
      }
      csv += csv_line(fields);
    }
  }
  return csv;
}

/// The end of the colour scale: the largest share, rounded up to 0.1, 0.2, 0.5 or 1.
double scale_end(const std::vector<RankUsage>& sites) {
  double largest = 0;
  for (const RankUsage& site : sites) largest = std::max(largest, site.share().maxCoeff());
  for (const double end : {0.1, 0.2, 0.5}) {
    if (largest <= end) return end;
  }
  return 1;
}

/// Ranks under the axis: the first, then every 2nd, 5th, 10th or 20th.
std::string rank_tics(Eigen::Index ranks, Eigen::Index most) {
  Eigen::Index step = 1;
  for (const Eigen::Index next : {2, 5, 10, 20, 50, 100}) {
    if (ranks / step > most) step = next;
  }
  std::vector<std::string> tics = {"1"};
  for (Eigen::Index r = step; r <= ranks; r += step) {
    if (r > 1) tics.push_back(std::to_string(r));
  }
  return fmt::format("set xtics ({}) scale 0.5 nomirror offset 0,0.4\n", fmt::join(tics, ","));
}

std::string task_tics(const std::vector<std::string>& tasks) {
  std::vector<std::string> tics;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    tics.push_back(fmt::format("{} {}", gnuplot_string(tasks[t]), t));
  }
  return fmt::format("set ytics ({}) scale 0 offset 0.6,0\n", fmt::join(tics, ","));
}

/// How the cells of a matrix are drawn: as an image where gnuplot can, which takes two rows and two
/// columns, or as boxes, which leave hairlines between them.
std::string cells(Eigen::Index tasks, Eigen::Index ranks, const std::string& x,
                  const std::string& y) {
  if (tasks > 1 && ranks > 1) return fmt::format("({}):({}):3 with image notitle", x, y);
  return fmt::format(
      "({0}):({1}):({0}-0.5):({0}+0.5):({1}-0.5):({1}+0.5):3 with boxxyerror fs solid noborder lc "
      "palette notitle",
      x, y);
}

/// The heat map of the site whose lines begin at `first_line` (from 1, after the header).
std::string heat_map(const RankUsage& site, Eigen::Index first_line) {
  const Eigen::Index tasks = site.count.rows(), ranks = site.count.cols();
  const Eigen::Index last_line = first_line + tasks - 1;
  std::string commands = fmt::format(
      "set xrange [0.5:{}.5]\nset yrange [{}.5:-0.5]\n"
      "plot data matrix every 1:1:{}:{}:{}:{} using {}",
      ranks, tasks - 1, kFirstRankColumn, first_line, kFirstRankColumn + ranks - 1, last_line,
      cells(tasks, ranks, fmt::format("$1-{}", kFirstRankColumn - 1),
            fmt::format("$2-{}", first_line)));
  if (site.chosen.size() > 0) {
    commands += fmt::format(
        ", \\\n  data every ::{0}::{1} using 3:($0) with points pt 7 ps 0.45 lc rgb 'black' notitle"
        ", \\\n  data every ::{0}::{1} using 3:($0) with points pt 7 ps 0.3 lc rgb 'white' notitle",
        first_line, last_line);
  }
  return commands + "\n";
}

/// A horizontal colour bar below everything, `from` and `to` in inches.
std::string colour_bar(double from, double to, double end, const Drawing& drawing) {
  return viridis_palette() +
         fmt::format(
             "set cbrange [0:{}]\nset cbtics 0,{} scale 0.3 offset 0,0.45\n"
             "set colorbox horizontal user origin screen {:.4f},{:.4f} size screen {:.4f},{:.4f}\n"
             "set cblabel 'share of dev tokens that used the rank' offset 0,1.1\n",
             end, end / 5, from / drawing.width, 0.38 / drawing.height, (to - from) / drawing.width,
             0.07 / drawing.height);
}

/// "label: mean over sites and 3 seeds; dot: chosen rank"
std::string heading(const RunGroup& group, const RankUsage& usage, bool over_sites) {
  const std::size_t seeds = group.runs.size();
  const std::string what =
      seeds > 1 ? fmt::format("mean over {}{} seeds", over_sites ? "sites and " : "", seeds)
                : std::string(over_sites ? "mean over sites, one seed" : "one seed");
  return fmt::format("{}: {}{}", group.label, what,
                     usage.chosen.size() > 0 ? "; dot: chosen rank" : "");
}

/// One column wide: tasks by ranks over all sites.
Drawing summed_drawing(const std::string& name, const RunGroup& group, const GroupUsage& usage) {
  const RankUsage all = sum_over_sites(usage);
  Drawing drawing{.name = name, .font_size = 7};
  const double row = usage.tasks.size() > 6 ? 0.14 : 0.2;
  const double left = text_width(usage.tasks, 7) + 0.15;
  const Panel panel{left, 0.85, drawing.width - left - 0.12,
                    row * static_cast<double>(usage.tasks.size())};
  drawing.height = panel.bottom + panel.height + 0.25;
  drawing.csv = usage_csv({all}, usage.tasks);
  drawing.script = centred_text(heading(group, all, true), 0.11, 7, drawing) +
                   place(panel, drawing) +
                   colour_bar(left, left + panel.width, scale_end({all}), drawing) +
                   task_tics(usage.tasks) + rank_tics(all.count.cols(), 16) +
                   "set xlabel 'rank' offset 0,0.9\nset border lw 0.5\n" + heat_map(all, 1);
  return drawing;
}

std::vector<std::string> panel_names(const GroupUsage& usage) {
  std::vector<std::string> names;
  for (const RankUsage& site : usage.sites) names.push_back(site.site);
  return short_site_names(names);
}

/// Two columns of a paper wide: one small panel a site.
Drawing sites_drawing(const std::string& name, const RunGroup& group, const GroupUsage& usage) {
  Drawing drawing{.name = name + "_sites", .width = 7.0, .font_size = 6};
  const std::size_t sites = usage.sites.size(), columns = std::min<std::size_t>(6, sites);
  const std::size_t grid_rows = (sites + columns - 1) / columns;
  const auto rows = static_cast<double>(grid_rows);
  const double left = text_width(usage.tasks, 6) + 0.15, gap = 0.22, bottom = 0.85;
  const double pitch = (drawing.width - left - 0.1) / static_cast<double>(columns);
  const double height = std::min(0.1 * static_cast<double>(usage.tasks.size()), 8.0 / rows - gap);
  drawing.height = bottom + rows * (height + gap) + 0.15;
  const Grid grid{{left, drawing.height - 0.15 - height - gap, pitch - 0.07, height},
                  columns,
                  pitch,
                  height + gap};
  drawing.csv = usage_csv(usage.sites, usage.tasks);
  drawing.script = centred_text(heading(group, usage.sites.front(), false), 0.11, 7, drawing) +
                   colour_bar(left, drawing.width - 0.2, scale_end(usage.sites), drawing) +
                   "set border lw 0.5\nset title offset 0,-0.9\nset multiplot\n";
  const std::vector<std::string> names = panel_names(usage);
  const double title_size = std::min(6.0, 6 * grid.first.width / text_width(names, 6));
  Eigen::Index line = 1;
  for (std::size_t i = 0; i < sites; ++i) {
    const bool lowest = i + columns >= sites, leftmost = i % columns == 0;
    drawing.script +=
        place(grid.at(i), drawing) +
        fmt::format("set title {} font ',{:.1f}'\n", gnuplot_string(names[i]), title_size) +
        (leftmost ? task_tics(usage.tasks) : "unset ytics\n") +
        (lowest ? rank_tics(usage.sites[i].count.cols(), 6) : "unset xtics\n") +
        (lowest ? "set xlabel 'rank' offset 0,0.9\n" : "unset xlabel\n") +
        heat_map(usage.sites[i], line) + "unset colorbox\nunset label\n";
    line += static_cast<Eigen::Index>(usage.tasks.size());
  }
  drawing.script += "unset multiplot\n";
  return drawing;
}

/// Draws one label, or notes why not.
void draw_group(const RunGroup& group, const std::string& name, const FigureRequest& request,
                FigureFiles& result) {
  const auto options = parse_options<UsageOptions>(request.options, "figure usage: options");
  const std::optional<GroupUsage> usage = read_usage(group);
  if (!usage) {
    result.notes.push_back(group.label + ": no rank usage is recorded; not drawn");
    return;
  }
  result.add(draw(summed_drawing(name, group, *usage), request.out));
  if (options.sites) result.add(draw(sites_drawing(name, group, *usage), request.out));
}

FigureFiles draw_usage(const FigureRequest& request) {
  FigureFiles result;
  const std::vector<std::string> names = file_names(request.runs.labels());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const RunGroup& group = request.runs.groups[i];
    try {
      draw_group(group, "usage_" + names[i], request, result);
    } catch (const UnknownTokens& error) {
      result.notes.push_back(group.label + ": " + error.what());
    }
  }
  check(!result.files.empty(), "no run records rank usage: {}", fmt::join(result.notes, "; "));
  return result;
}

}  // namespace

Figure usage_figure() {
  return {"heat map of tasks by ranks: share of the dev tokens that used a rank, one a label",
          describe_options<UsageOptions>(), draw_usage};
}

}  // namespace rankwise
