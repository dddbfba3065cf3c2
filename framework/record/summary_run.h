/// A finished run as plain values: what a summary is written from.
#pragma once

#include "framework/core/json.h"
#include "framework/record/merge_record.h"
#include "framework/record/run_file.h"

#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// In a summary some parts are left out or rounded (docs/run_file.md): coactivation, factors and
/// seconds, for example, are not stored at all. Of usage, what `layout` says of each site is
/// stored.
struct SummaryRun {
  std::string name;           // its file's, without the ending
  nlohmann::json attributes;  // of the run file, without its own: `format`, `schema`, `status`
  RunLayout layout;
  std::vector<StepRecord> steps;
  std::vector<EvaluationRecord> evaluations;
  FinalRecord final;  // predictions on test alone
  std::optional<MergeRecord> merge = {};
};

}  // namespace rankwise
