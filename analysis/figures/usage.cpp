#include "analysis/figures/figure.h"
#include "analysis/measures/rank_usage.h"
#include "analysis/output/heat_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/site_names.h"
#include "analysis/runs/token_choice.h"
#include "framework/core/error.h"

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
std::string heading(const RunGroup& group, const RankUsage& usage, std::size_t seeds,
                    bool over_sites) {
  const std::string what =
      seeds > 1 ? fmt::format("mean over {}{} seeds", over_sites ? "sites and " : "", seeds)
                : std::string(over_sites ? "mean over sites, one seed" : "one seed");
  return fmt::format("{}: {}{}", group.label, what,
                     usage.chosen.size() > 0 ? "; dot: chosen rank" : "");
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
  look.heading = heading(group, all, usage.seeds, true);
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
  look.heading = heading(group, usage.sites.front(), usage.seeds, false);
  look.width = 7;
  look.columns = 6;
  look.row_height = 0.11;
  return heat_drawing(maps, look);
}

/// Draws one label, or notes why not.
void draw_group(const RunGroup& group, const std::string& name, bool sites,
                const std::filesystem::path& out, FigureFiles& result) {
  const std::optional<GroupUsage> usage = read_usage(group);
  if (!usage) {
    result.leave_out(group.label, "no rank usage is recorded");
    return;
  }
  result.add(draw(summed_drawing(name, group, *usage), out));
  if (sites) result.add(draw(sites_drawing(name, group, *usage), out));
}

FigureFiles draw_usage(const FigureRequest& request) {
  FigureFiles result;
  const auto options = parse_options<UsageOptions>(request.options, "figure usage: options");
  const RunSet runs = choose_labels(request.runs, options.labels);
  const std::vector<std::string> names = file_names(runs.labels());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const RunGroup& group = runs.groups[i];
    try {
      draw_group(group, "usage_" + names[i], options.sites, request.out, result);
    } catch (const UnknownTokens& error) {
      result.leave_out(group.label, error.what());
    }
  }
  check(!result.files.empty(), "no run records rank usage: {}", result.reasons());
  return result;
}

}  // namespace

Figure usage_figure() {
  return {"heat map of tasks by ranks: share of the dev tokens that used a rank, one a label",
          describe_options<UsageOptions>(), draw_usage};
}

}  // namespace rankwise::analysis
