#include "analysis/figures/figure.h"
#include "analysis/measures/gate_entropy.h"
#include "analysis/measures/rank_usage.h"
#include "analysis/output/heat_figure.h"
#include "analysis/output/heat_scale.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"
#include "analysis/runs/site_names.h"
#include "framework/core/constraint.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

namespace rankwise::analysis {
namespace {

struct UsageOptions {
  std::vector<std::string> labels;
  bool sites = true;
  std::string value = "share";

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field("sites", self.sites, "draw one panel per site as well");
    field("value", self.value,
          "share of the tokens that used a rank; gate: mean gate of those tokens; auto: the share, "
          "and the gate where it is not 0 or 1",
          one_of({"share", "gate", "auto"}));
  }
};

/// A number of each task and rank.
struct Value {
  std::string file_ending;
  std::string colour;  // what the colour bar is called
  Eigen::MatrixXd (RankUsage::*of)() const;
};

const Value kShare = {"", "share of dev tokens that used the rank", &RankUsage::share};
const Value kGate = {"_gate", "mean gate of dev tokens that used the rank", &RankUsage::gate};

/// One label's usage and what to draw of it.
struct UsageSheet {
  const RunGroup& group;
  const GroupUsage& usage;
  const Value& value;
  std::string name;  // of the files
};

HeatMap to_map(const RankUsage& usage, const UsageSheet& sheet, const std::string& title) {
  HeatMap map{
      .title = title, .rows = sheet.usage.tasks, .columns = {}, .value = (usage.*sheet.value.of)()};
  map.name = usage.site;
  for (Eigen::Index r = 1; r <= map.value.cols(); ++r) map.columns.push_back(std::to_string(r));
  map.mark = {usage.chosen.begin(), usage.chosen.end()};
  return map;
}

/// "label: mean over sites and seeds; dot: mean chosen rank; gate entropy ..."
std::string heading(const RunGroup& group, const RankUsage& usage, std::size_t seeds,
                    bool over_sites) {
  const std::string what =
      seeds > 1 ? std::string(over_sites ? "mean over sites and seeds" : "mean over seeds")
                : std::string(over_sites ? "mean over sites" : "every site");
  if (usage.chosen.size() == 0) return fmt::format("{}: {}", group.label, what);
  return fmt::format("{}: {}; dot: {}chosen rank{}", group.label, what,
                     seeds > 1 || over_sites ? "mean " : "", gate_note(group));
}

HeatStyle style(const UsageSheet& sheet, const std::vector<HeatMap>& maps) {
  HeatStyle style{.name = sheet.name + sheet.value.file_ending};
  style.source = source_of(sheet.group);
  style.panel_name = "site";
  style.row_name = "task";
  style.column_axis = sheet.usage.ordered ? "rank" : kByLoad;
  style.mark_name = "chosen_rank";
  style.colour = sheet.value.colour;
  std::tie(style.low, style.high) = value_scale(maps);
  return style;
}

/// One column wide: tasks by ranks over all sites.
Drawing summed_drawing(const UsageSheet& sheet, double width) {
  const RankUsage all = sum_over_sites(sheet.usage);
  const std::vector<HeatMap> maps = {to_map(all, sheet, all.site)};
  HeatStyle look = style(sheet, maps);
  look.heading =
      heading(sheet.group, all, sheet.usage.seeds, true) + (sheet.usage.has_gaps ? kGapsNote : "");
  look.row_height = sheet.usage.tasks.size() > 6 ? 0.14 : 0.2;
  look.width = width;
  return heat_drawing(maps, look);
}

/// A panel for each site.
std::vector<HeatMap> site_maps(const UsageSheet& sheet) {
  std::vector<std::string> titles;
  for (const RankUsage& site : sheet.usage.sites) titles.push_back(site.site);
  titles = short_site_names(titles);
  std::vector<HeatMap> maps;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    maps.push_back(to_map(sheet.usage.sites[i], sheet, titles[i]));
  }
  return maps;
}

/// One column wide: a few sites, evenly spaced, of ranks that cannot be added over sites.
Drawing some_sites_drawing(const UsageSheet& sheet, double width) {
  constexpr std::size_t kShown = 6;
  const std::vector<HeatMap> all = site_maps(sheet);
  const std::size_t shown = std::min(kShown, all.size());
  std::vector<HeatMap> maps;
  for (std::size_t i = 0; i < shown; ++i) {
    maps.push_back(all[shown == 1 ? 0 : i * (all.size() - 1) / (shown - 1)]);
  }
  HeatStyle look = style(sheet, maps);
  look.heading = fmt::format("{}: {} of {} sites, seed {}; each site's ranks from its busiest",
                             sheet.group.label, shown, all.size(), sheet.group.runs.front().seed);
  look.row_height = sheet.usage.tasks.size() > 6 ? 0.11 : 0.14;
  look.width = width;
  return heat_drawing(maps, look);
}

/// Two columns of a paper wide: one small panel per site.
Drawing sites_drawing(const UsageSheet& sheet) {
  const std::vector<HeatMap> maps = site_maps(sheet);
  HeatStyle look = style(sheet, maps);
  look.name = sheet.name + "_sites" + sheet.value.file_ending;
  look.heading = heading(sheet.group, sheet.usage.sites.front(), sheet.usage.seeds, false);
  look.width = kPageWidth;
  look.row_height = 0.11;
  return heat_drawing(maps, look);
}

/// The first run of a label whose usage is recorded, alone.
RunGroup first_recorded(const RunGroup& group) {
  const auto recorded = std::find_if(group.runs.begin(), group.runs.end(), [&](const Run& run) {
    return read_usage(RunGroup{group.label, {run}}).has_value();
  });
  return {group.label, {*recorded}};
}

void draw_label(const RunGroup& all, const std::string& name, const UsageOptions& options,
                const FigureRequest& request, FigureFiles& result) {
  std::optional<GroupUsage> usage = read_usage(all);
  if (!usage) throw NothingToDraw("no rank usage is recorded");
  const RunGroup group = usage->ordered ? all : first_recorded(all);
  if (!usage->ordered) usage = read_usage(group);
  const bool gate = options.value == "gate" || (options.value == "auto" && has_soft_gates(*usage));
  std::vector<Value> values;
  if (options.value != "gate") values.push_back(kShare);
  if (gate) values.push_back(kGate);
  for (const Value& value : values) {
    const UsageSheet sheet{group, *usage, value, name};
    result.draw(usage->ordered ? summed_drawing(sheet, request.width)
                               : some_sites_drawing(sheet, request.width),
                request);
    if (options.sites) result.draw(sites_drawing(sheet), request);
  }
}

FigureFiles draw_usage(const FigureRequest& request, const UsageOptions& options) {
  return draw_each_label(request, options.labels, "usage",
                         [&](const RunGroup& group, const std::string& name, FigureFiles& result) {
                           draw_label(group, name, options, request, result);
                         });
}

const RegisterFigure usage_registration(
    "usage", "heat map of tasks by ranks: share of the dev tokens that used a rank, or their gate",
    draw_usage);

}  // namespace

}  // namespace rankwise::analysis
