#include "analysis/measures/coactivation.h"

#include "analysis/figures/figure.h"
#include "analysis/output/heat_figure.h"
#include "analysis/output/heat_scale.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"
#include "analysis/runs/site_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rankwise::analysis {
namespace {

struct CoactivationOptions {
  std::vector<std::string> labels;
  std::string site;
  bool sites = false;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field("site", self.site, "site to draw; empty: the last that records it");
    field("sites", self.sites, "draw one panel per site as well, two columns wide");
  }
};

HeatMap to_map(const Coactivation& pairs, const std::string& title) {
  HeatMap map{.title = title, .rows = {}, .columns = {}, .value = pairs.value};
  for (const std::size_t rank : pairs.order) map.rows.push_back(std::to_string(rank + 1));
  map.columns = map.rows;
  return map;
}

/// Every site of a run that records it, in the layout's order.
std::vector<Coactivation> read_sites(const Run& run) {
  std::vector<Coactivation> sites;
  const RunFile& file = run.file();
  for (const SiteRecord& site : file.layout().sites) {
    if (auto pairs = coactivation(file, site)) sites.push_back(std::move(*pairs));
  }
  return sites;
}

HeatStyle style(const std::string& name, const std::string& heading, const Run& run) {
  HeatStyle style{.name = name, .heading = heading, .source = source_of(run)};
  style.panel_name = "site";
  style.row_name = "rank";
  style.row_axis = style.column_axis = "rank, clustered";
  style.colour = "share of tokens that chose both (Ochiai)";
  style.row_height = 0.2;
  style.panel_height = 2.4;
  return style;
}

Drawing one_site(const std::string& name, const Run& run, const Coactivation& pairs, double width) {
  const std::string dead =
      pairs.dead > 0 ? fmt::format("; ranks left out as unused: {}", pairs.dead) : "";
  const HeatMap map = to_map(pairs, pairs.site);
  HeatStyle look = style(name, fmt::format("{}: {}{}", run.label, pairs.site, dead), run);
  look.width = width;
  look.high = share_scale({map});
  return heat_drawing({map}, look);
}

Drawing all_sites(const std::string& name, const Run& run, const std::vector<Coactivation>& sites) {
  std::vector<std::string> names;
  names.reserve(sites.size());
  for (const Coactivation& pairs : sites) names.push_back(pairs.site);
  names = short_site_names(names);
  std::vector<HeatMap> maps;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    maps.push_back(to_map(sites[i], names[i]));
    for (std::size_t r = 0; r < maps[i].columns.size();
         ++r) {  // columns stand in their rows' order
      maps[i].columns[r] = std::to_string(r + 1);
    }
  }
  HeatStyle look = style(name + "_sites", fmt::format("{}: every site", run.label), run);
  look.high = share_scale(maps);
  look.width = kPageWidth;
  look.panel_height = 1.0;
  look.row_axis.clear();
  look.column_axis.clear();
  look.tics = false;  // every site has its own order
  return heat_drawing(maps, look);
}

/// The last of `sites`, or the one asked for. Throws NothingToDraw where there is none.
const Coactivation& wanted_site(const std::vector<Coactivation>& sites, const std::string& name) {
  const auto wanted = std::find_if(sites.rbegin(), sites.rend(), [&](const Coactivation& pairs) {
    return name.empty() || pairs.site == name;
  });
  if (wanted == sites.rend()) {
    throw NothingToDraw("no ranks chosen together are recorded" +
                        (name.empty() ? "" : fmt::format(" at '{}'", name)));
  }
  return *wanted;
}

FigureFiles draw_coactivation(const FigureRequest& request, const CoactivationOptions& options) {
  return draw_each_label(
      request, options.labels, "coactivation",
      [&](const RunGroup& group, const std::string& name, FigureFiles& result) {
        const Run& run = group.runs.front();
        const std::vector<Coactivation> sites = read_sites(run);
        result.draw(one_site(name, run, wanted_site(sites, options.site), request.width), request);
        if (options.sites) result.draw(all_sites(name, run, sites), request);
      });
}

const RegisterFigure coactivation_registration(
    "coactivation",
    "ranks by ranks: how often tokens chose both, ordered by clustering; first seed",
    draw_coactivation);

}  // namespace

}  // namespace rankwise::analysis
