/// A paper's table with our runs beside it, cell by cell, each with a verdict.
#pragma once

#include "analysis/output/table.h"
#include "analysis/papers/own_setting.h"
#include "analysis/papers/paper_table.h"
#include "analysis/runs/run_set.h"
#include "analysis/statistics/significance.h"
#include "analysis/statistics/statistics.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rankwise::analysis {

enum class PaperVerdict {
  kInside,         // comparable, and the paper's mean agrees with ours at 95 %
  kOutside,        // comparable, and it does not
  kSameSign,       // not comparable in size, but the change to the reference row has its sign
  kOppositeSign,   // the other sign
  kInconclusive,   // our change may be chance, or is of one seed
  kNotComparable,  // other backbone, data or scale, and no reference row
  kNotFound,       // the paper's cell was not found
  kNotRun          // we have no such run or task
};

struct ComparedCell {
  std::size_t row = 0, column = 0;       // of the paper's table
  MeanStd ours;                          // over seeds; of a row of differences, the differences
  std::optional<double> paper_change;    // to the reference row; of a difference, itself
  std::optional<PairedTest> our_change;  // the same of ours, over matched seeds
  std::optional<double> holm_p;          // of our_change, where the table compares signs
  bool rise_is_better = true;            // of ours: false for error measures
  std::optional<double> difference;      // ours - paper; only where comparable
  PaperVerdict verdict = PaperVerdict::kNotRun;
  /// Why it is not comparable: "backbone", "data", "scale"; of runs in the paper's own setting also
  /// "setting" (assumed), "machine", "changed settings" (not as their study says).
  std::set<std::string> reasons;
  std::string note;  // one line more, or empty
};

struct PaperComparison {
  PaperTable table;
  std::vector<ComparedCell> cells;  // row by row
  std::size_t changes = 0;          // of ours, whose signs are compared with the paper's
  std::string scale;                // of our runs, in a word or two: "small-scale"
  std::vector<std::string> best;    // what the paper says is best in a column, and ours
};

/// Our test scores with the best parameters. Changes to a reference row are taken seed by seed, of
/// runs of one protocol. Two means agree at 95 % when Welch's t-interval of their difference holds
/// zero (the paper's ± read as a sample deviation), or, where the paper's deviation or seeds are
/// not known, when ours of the mean holds the paper's; both but for the rounding of what is
/// printed. A sign counts where Holm's correction over all changes whose signs are compared leaves
/// p < 0.05.
/// `own`: of runs in the paper's own setting, which is then also checked against its study; where
/// that is assumed, and for hours and memory, there is no verdict.
PaperComparison compare_with_paper(const PaperTable& table, const RunSet& runs,
                                   const OwnSetting* own = nullptr);

/// A line for each cell. The column of our numbers names their scale.
Table comparison_table(const PaperComparison& comparison, const RunSet& runs);

/// The paper's numbers alone, as it prints them.
Table printed_table(const PaperTable& table);

/// "same sign; size not comparable: backbone, data"
std::string to_text(const ComparedCell& cell);

/// "LoRA r=8 (Qwen-2.5-7B), after merging"
std::string row_text(const PaperTable& table, const PaperRow& row);

}  // namespace rankwise::analysis
