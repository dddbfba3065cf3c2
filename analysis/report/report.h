/// One HTML page on a study: findings, the best rows, figures, tables, the papers' numbers with its
/// own, lint, configs, provenance, and how to remake it.
#pragma once

#include "analysis/runs/run_set.h"
#include "framework/core/json.h"
#include "framework/study/study_file.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

struct ReportOptions {
  // The files of the runs' studies: their findings, tables and figures stand first, and their
  // references are what tables compare with.
  std::vector<StudyFile> studies = {};
  // By name; empty: those that the studies name, then, folded, every other that the runs have data
  // for, as far as the page stays below 3 MB.
  std::vector<std::string> figures = {};
  // Options of the figures: "usage.labels" is one of the usage figure, "labels" one of every figure
  // that has it.
  nlohmann::json set = nlohmann::json::object();
};

/// Self-contained: pictures and style are in the page, which asks nothing of a network. What can
/// not be made of these runs is named with the reason. Throws Error for an unknown figure, and for
/// an option that none of the figures has.
std::string report_html(const RunSet& runs, const ReportOptions& options = {});

}  // namespace rankwise::analysis
