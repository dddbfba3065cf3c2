/// What the runs of a paper's table take in its own setting, by arithmetic: before anything is
/// fetched, and on a machine that has none of it.
#pragma once

#include "analysis/papers/paper_sources.h"
#include "framework/study/study_file.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace rankwise::analysis {

/// The longest text of a task in tokens, its answer included, by a suite's description.
using TaskLengths = std::map<std::string, std::int64_t>;

/// Throws Error where the description cannot be read.
TaskLengths task_lengths(const std::filesystem::path& description);

struct PaperCost {
  /// Floating-point operations of the frozen weights' products, each text at its longest: 2 a
  /// parameter and token forward, 2 back, 2 more where blocks are run again; evaluations read and
  /// write each answer.
  double operations = 0;
  double hours = 0;          // of one device, at `rate`
  double rate = 0;           // operations a second that are assumed
  double device_bytes = 0;   // weights, and what a micro-batch's backward needs of the forward
  double weights_bytes = 0;  // of all backbones, as they are fetched
};

/// Sustained by one H100, assumed: operations a second in bf16 and in fp32.
constexpr double kBf16Rate = 2e14, kFp32Rate = 3e13;

/// Nothing where a backbone's shape or a suite's rows are not known. `lengths`: of the study's
/// suite.
std::optional<PaperCost> paper_cost(const StudyFile& study, const PaperSources& sources,
                                    const TaskLengths& lengths);

}  // namespace rankwise::analysis
