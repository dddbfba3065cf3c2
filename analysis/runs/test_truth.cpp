#include "analysis/runs/test_truth.h"

#include <utility>

namespace rankwise::analysis::test {
namespace {

constexpr std::int64_t kRanks = 3;

SiteTruth site_truth(std::vector<std::int64_t> ranks) {
  return {.rank = std::move(ranks),
          .directions = 2,
          .left = {0, 0, 1, 0, 0, 1, 0, 0},
          .right = {1, 0, 0, 1, 0, 0, 0, 0}};
}

}  // namespace

RunLayout planted_layout() {
  RunLayout layout;
  for (const char* name : {"p0", "p1", "p2", "p3"}) {
    layout.tasks.push_back({.name = name,
                            .family = "planted",
                            .kind = "regress",
                            .classes = 1,
                            .metrics = {"relative_error"}});
  }
  for (const char* name : {"low", "high"}) {
    layout.sites.push_back({.name = name, .in = 4, .out = 4, .ranks = kRanks, .selection = true});
  }
  layout.truth = TruthRecord{.sites = {site_truth({1, 2, 3, 1}), site_truth({2, 2, 1, 3})},
                             .group = {0, 0, 1, 1},
                             .input_group = {0, 1, 0, 1}};
  return layout;
}

SiteUsage prefix_usage(const std::vector<std::int64_t>& chosen) {
  SiteUsage usage;
  usage.chosen_rank = chosen;
  for (const std::int64_t rank : chosen) {
    for (std::int64_t r = 0; r < kRanks; ++r) {
      usage.count.push_back(r < rank ? 10 : 0);
      usage.gate_mass.push_back(r < rank ? 10 : 0);
      usage.probability.push_back(1.0 / kRanks);
    }
  }
  usage.training_count = usage.count;
  return usage;
}

RunSpec planted_run(const std::vector<std::int64_t>& first, const std::vector<std::int64_t>& last) {
  RunSpec spec{.test_scores = {{"p0", 0.2}, {"p1", 0.2}, {"p2", 0.2}, {"p3", 0.2}},
               .layout = planted_layout()};
  spec.usage = {prefix_usage(last), prefix_usage(last)};
  spec.first_usage = {prefix_usage(first), prefix_usage(first)};
  return spec;
}

SiteUsage routed_usage() {
  SiteUsage usage;
  usage.count = {10, 10, 0, 10, 10, 0, 0, 10, 10, 0, 10, 10};
  usage.gate_mass = {10, 10, 0, 10, 10, 0, 0, 10, 10, 0, 10, 10};
  usage.training_count = usage.count;
  usage.coactivation = {20, 20, 0, 20, 40, 20, 0, 20, 20};
  usage.balance_bias = {0, 0.1, -0.1};
  return usage;
}

RunSpec routed_run(const std::string& label, double rate) {
  RunSpec spec{.label = label,
               .test_scores = {{"p0", 0.2}, {"p1", 0.4}, {"p2", 0.2}, {"p3", 0.4}},
               .layout = planted_layout()};
  for (SiteRecord& site : spec.layout.sites) {
    site.selection = false;
    site.coactivation = site.balance_bias = true;
  }
  spec.usage = {routed_usage(), routed_usage()};
  spec.attributes["config"] = {
      {"variant", "routed"}, {"label", label}, {"seed", 0}, {"options", {{"balance_rate", rate}}}};
  return spec;
}

}  // namespace rankwise::analysis::test
