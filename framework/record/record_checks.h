/// What records that were read must hold, so that whoever uses them may trust their sizes and
/// indices, whatever wrote the file.
#pragma once

#include "framework/record/run_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

/// Each throws Error that begins with `where`; `tasks`: how many the layout has.
void check_steps(const std::vector<StepRecord>& steps, std::size_t tasks, const std::string& where);
void check_sample_tasks(const std::vector<std::int32_t>& sample_tasks, std::size_t tasks,
                        const std::string& where);
/// Sizes that belong together do, and offsets rise within what they cut.
void check_prediction(const PredictionRecord& record, const std::string& where);

/// Offsets of `parts` parts that lie one after another: from 0, never falling, to `end`.
void check_starts(const std::vector<std::int64_t>& starts, std::size_t parts, std::size_t end,
                  const std::string& where);

}  // namespace rankwise
