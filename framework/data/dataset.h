/// A suite in memory: per task and split, its sequences end to end.
///
/// Dimensions: N rows (tokens or feature vectors), S sequences, G groups (examples; the candidates
/// of a choice are one group), W values per target.
#pragma once

#include "framework/data/task.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

/// One split of one task. Either `tokens` or `features` is filled.
struct Split {
  std::vector<std::int32_t> tokens;    // [N]
  std::vector<std::uint8_t> segments;  // [N] 0 or 1
  std::vector<double> features;        // [N, feature_width]
  std::vector<std::int64_t> starts;    // [S + 1] first row of each sequence
  std::vector<std::int64_t> groups;    // [G + 1] first sequence of each example
  std::vector<double> target;          // [G, W] class, candidate or values
  std::vector<double> reference;       // [G, W] the unadapted model's outputs; may be empty

  std::int64_t examples() const {
    return groups.empty() ? 0 : static_cast<std::int64_t>(groups.size()) - 1;
  }
  std::int64_t sequences() const {
    return starts.empty() ? 0 : static_cast<std::int64_t>(starts.size()) - 1;
  }
  /// Rows of all sequences.
  std::int64_t rows() const { return starts.empty() ? 0 : starts.back(); }
  /// Rows of the longest sequence; 0 where there is none.
  std::int64_t longest_sequence() const;
  /// The largest segment id; 0 where there are no tokens.
  std::int64_t largest_segment() const;
  /// Rows of example `example`.
  std::int64_t rows_of(std::int64_t example) const {
    return starts[groups[example + 1]] - starts[groups[example]];
  }
};

enum class SplitName { kTrain, kDev, kTest };
const char* to_string(SplitName name);

struct TaskData {
  Task task;
  Split train, dev, test;

  const Split& split(SplitName name) const;
};

struct Dataset {
  std::string suite;
  std::int64_t vocabulary = 0;     // 0: features
  std::int64_t feature_width = 0;  // 0: tokens
  std::int64_t target_width = 1;   // W, the same for all tasks
  std::vector<TaskData> tasks;

  std::int64_t task_count() const { return static_cast<std::int64_t>(tasks.size()); }
  /// Rows of all tasks.
  std::int64_t rows(SplitName name) const;
};

/// Throws Error where a feature, a target or a reference is not finite in single precision; `where`
/// names the split.
void check_finite(const Split& split, const std::string& where);

/// Fills mean and deviation of regression targets from the training split; constant targets keep
/// deviation 1.
void standardise_targets(TaskData& task);

}  // namespace rankwise
