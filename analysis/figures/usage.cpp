#include "analysis/figures/figure.h"
#include "analysis/measures/rank_usage.h"
#include "analysis/output/heat_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/site_names.h"

#include <fmt/format.h>

#include <optional>

namespace rankwise::analysis {
namespace {

struct UsageOptions {
  std::vector<std::string> labels;
  bool sites = true;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field("sites", self.sites, "draw one panel a site as well");
  }
};

HeatMap to_map(const RankUsage& usage, const std::vector<std::string>& tasks,
               const std::string& title) {
  HeatMap map{.title = title, .rows = tasks, .columns = {}, .value = usage.share()};
  map.name = usage.site;
  for (Eigen::Index r = 1; r <= map.value.cols(); ++r) map.columns.push_back(std::to_string(r));
  map.mark = {usage.chosen.begin(), usage.chosen.end()};
  return map;
}

/// "label: mean over sites and 3 seeds; dot: chosen rank"
std::string heading(const RunGroup& group, const RankUsage& usage, bool over_sites,
                    bool gaps = false) {
  const std::size_t seeds = group.runs.size();
  const std::string what =
      seeds > 1 ? fmt::format("mean over {}{} seeds", over_sites ? "sites and " : "", seeds)
                : std::string(over_sites ? "mean over sites, one seed" : "one seed");
  return fmt::format("{}: {}{}{}", group.label, what,
                     usage.chosen.size() > 0 ? "; dot: chosen rank" : "", gaps ? kGapsNote : "");
}

HeatStyle style(const std::string& name, const std::vector<HeatMap>& maps) {
  HeatStyle style{.name = name};
  style.panel_name = "site";
  style.row_name = "task";
  style.column_axis = "rank";
  style.mark_name = "chosen_rank";
  style.colour = "share of dev tokens that used the rank";
  style.high = share_scale(maps);
  return style;
}

/// One column wide: tasks by ranks over all sites.
Drawing summed_drawing(const std::string& name, const RunGroup& group, const GroupUsage& usage) {
  const RankUsage all = sum_over_sites(usage);
  const std::vector<HeatMap> maps = {to_map(all, usage.tasks, all.site)};
  HeatStyle look = style(name, maps);
  look.heading = heading(group, all, true, usage.has_gaps);
  look.row_height = usage.tasks.size() > 6 ? 0.14 : 0.2;
  return heat_drawing(maps, look);
}

/// Two columns of a paper wide: one small panel a site.
Drawing sites_drawing(const std::string& name, const RunGroup& group, const GroupUsage& usage) {
  std::vector<std::string> titles;
  for (const RankUsage& site : usage.sites) titles.push_back(site.site);
  titles = short_site_names(titles);
  std::vector<HeatMap> maps;
  for (std::size_t i = 0; i < usage.sites.size(); ++i) {
    maps.push_back(to_map(usage.sites[i], usage.tasks, titles[i]));
  }
  HeatStyle look = style(name + "_sites", maps);
  look.heading = heading(group, usage.sites.front(), false);
  look.width = 7;
  look.columns = 6;
  look.row_height = 0.11;
  return heat_drawing(maps, look);
}

FigureFiles draw_usage(const FigureRequest& request, const UsageOptions& options) {
  return draw_each_label(request, options.labels, "usage",
                         [&](const RunGroup& group, const std::string& name, FigureFiles& result) {
                           const std::optional<GroupUsage> usage = read_usage(group);
                           if (!usage) throw NothingToDraw("no rank usage is recorded");
                           result.add(draw(summed_drawing(name, group, *usage), request.out));
                           if (options.sites)
                             result.add(draw(sites_drawing(name, group, *usage), request.out));
                         });
}

const RegisterFigure registration(
    "usage", "heat map of tasks by ranks: share of the dev tokens that used a rank, one a label",
    draw_usage);

}  // namespace

}  // namespace rankwise::analysis
