/// Resuming a run that was killed or stopped from what it left beside its run file.
#pragma once

#include "framework/record/run_file.h"
#include "framework/train/checkpoint.h"

#include <filesystem>
#include <optional>
#include <string>

namespace rankwise {

/// Where a resumed run stands: what it recorded until then, and what its evaluations found.
struct Resumed {
  RunHistory history;
  EvaluationState evaluations;
};

/// Restores model and trainer from the newest checkpoint that is whole and that the partial file
/// reaches; a damaged one is removed where the one before serves. Nothing where there is no such
/// checkpoint: the run starts from scratch. `name` begins the lines it prints. Throws Error where
/// only damaged files are left.
std::optional<Resumed> resume(const std::filesystem::path& run_file, Model& model, Trainer& trainer,
                              const std::string& name);

}  // namespace rankwise
