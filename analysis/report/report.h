/// One HTML page on a study: tables, the papers' numbers beside its own, figures, lint, configs,
/// provenance, and how to remake it.
#pragma once

#include "analysis/runs/run_set.h"
#include "framework/core/json.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

struct ReportOptions {
  std::vector<std::string> figures;  // by name; empty: every one that the runs have data for
  // Options of the figures: "usage.labels" is one of the usage figure, "labels" one of every figure
  // that has it.
  nlohmann::json set = nlohmann::json::object();
};

/// Self-contained: pictures and style are in the page, which asks nothing of a network. What can
/// not be made of these runs is named with the reason. Throws Error for an unknown figure, and for
/// an option that none of the figures has.
std::string report_html(const RunSet& runs, const ReportOptions& options = {});

}  // namespace rankwise::analysis
