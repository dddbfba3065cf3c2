/// Resuming a run that was killed or stopped from what it left beside its run file.
#pragma once

#include "framework/record/run_file.h"
#include "framework/train/checkpoint.h"

#include <optional>
#include <string>

namespace rankwise {

/// Where a resumed run stands: what it recorded until then, and what its evaluations found.
struct Resumed {
  RunHistory history;
  EvaluationState evaluations;
};

/// Restores model and trainer from the newest checkpoint that is whole, of this run and program,
/// and reached by what the run recorded until it was cut, or until it failed: what ended it may be
/// gone, as a full disk. One that is of no use is removed where the one before serves. Nothing
/// where there is no such checkpoint: the run starts from scratch. `name` begins the lines it
/// prints. Throws Error where none of the files that are left is of use.
std::optional<Resumed> resume(const CheckpointedRun& run, Model& model, Trainer& trainer,
                              const std::string& name);

}  // namespace rankwise
