/// What every table over runs says of them: seeds, setting, protocol, and what did not finish.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_scores.h"
#include "analysis/runs/run_set.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

/// Throws Error unless all runs share one protocol; its message says how to go on.
void check_one_protocol(const RunSet& set);
void check_one_protocol(const std::vector<const Run*>& runs);

/// What marks a cell of another protocol.
inline constexpr const char* kDagger = "†";

/// Adds a dagger to the cells of a group that was measured under another protocol than the set's
/// first run; protocol_footers() explains it.
void mark_other_protocol(const RunSet& set, const RunGroup& group, std::vector<Cell>& cells);

/// "3 (0, 1, 2)"
std::string seeds_text(const RunGroup& group);

/// The seeds of most rows once, then the rows that differ.
std::string seeds_footer(const RunSet& set);

/// Every value that the runs have of an attribute.
std::string values_of(const RunSet& set, const std::string& attribute);

/// The first twelve characters: what tables print.
std::string short_hash(const std::string& hash);

/// How scores were measured: metrics, split, rule, and the setting of the runs.
std::vector<std::string> scores_footers(const RunSet& set, const std::vector<TaskColumn>& tasks,
                                        const ScoreChoice& choice);

std::string setting_footer(const RunSet& set);                 // backbone, suite, steps
std::vector<std::string> scale_footers(const RunSet& set);     // the runs' notes
std::vector<std::string> protocol_footers(const RunSet& set);  // with the scale notes

/// What rows are as their study file says it, a line each; then failed, running and stale runs.
std::vector<std::string> row_footers(const RunSet& set);

/// Rows that were measured before a fault was mended that changes them, by reason (`/@stale`).
std::vector<std::string> stale_footers(const RunSet& set);

}  // namespace rankwise::analysis
