/// Recomputes what is printed and recorded: the papers' tables from their own cells, and our run
/// files from their own predictions and counts.
#pragma once

#include "analysis/output/table.h"
#include "analysis/papers/paper_table.h"
#include "analysis/runs/run_set.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rankwise::analysis {

enum class Severity {
  kError,  // our data contradict themselves
  kRemark  // to be known when the numbers are read; everything about a paper
};

struct Finding {
  Severity severity = Severity::kRemark;
  std::string where;  // "flylora.table2: LoRA r=8 (Qwen-2.5-7B), HumanEval pass@1", or a file
  std::string what;   // "printed -25.21, cells give -25.11"
  bool operator==(const Finding&) const = default;
};

struct LintReport {
  std::vector<Finding> findings;
  std::map<std::string, std::size_t> checked;  // "differences" -> how many were recomputed

  bool has_errors() const;
  void error(std::string where, std::string what);
  void remark(std::string where, std::string what);
  void add(LintReport other);
};

/// Differences, means, repeated cells, ranges, chance levels, the best rows; cells that were
/// rebuilt are named, since they prove nothing. Remarks only: a slip may be the paper's or the
/// transcription's.
LintReport lint_papers(const std::vector<PaperTable>& tables);

/// One run file: scores and `correct` from the predictions, usage and selections from their rules,
/// entropies, finite losses. All of these are errors.
LintReport lint_run(const std::filesystem::path& path);

/// Scores that say little, a remark a task: no better than a constant answer, with the labels of
/// which that is so; and a macro-F1 that a class of few test rows decides.
LintReport lint_scores(const std::vector<RunGroup>& groups);

/// Every run of the set by lint_run(), then what the runs are together: unreadable files (errors);
/// protocols that differ within a study, seeds that a label lacks, failed and unfinished runs, and
/// what lint_scores() finds (remarks).
LintReport lint_runs(const RunSet& runs);

/// A row for each finding, errors first; the footers say what was checked.
Table lint_table(const LintReport& report);

/// "error: <where>: <what>", a line each.
std::string lint_lines(const LintReport& report);

}  // namespace rankwise::analysis
