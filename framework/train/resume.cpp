#include "framework/train/resume.h"

#include "framework/core/error.h"
#include "framework/core/say.h"
#include "framework/record/run_reader.h"

#include <vector>

namespace rankwise {

namespace {

namespace fs = std::filesystem;

// Newest first.
std::vector<fs::path> checkpoints_of(const fs::path& run_file) {
  std::vector<fs::path> found;
  for (const fs::path& file : {checkpoint_path(run_file), older_checkpoint_path(run_file)}) {
    if (fs::exists(file)) found.push_back(file);
  }
  return found;
}

// What the run has recorded: until a kill, or until it failed; empty where there is nothing.
fs::path record_of(const fs::path& run_file) {
  for (const fs::path& file : {partial_path(run_file), failed_path(run_file)}) {
    if (fs::exists(file)) return file;
  }
  return {};
}

// What was recorded up to the checkpoint: later steps and evaluations come again.
RunHistory history_until(const RunFile& record, const Checkpoint& checkpoint) {
  RunHistory history = record.history(checkpoint.step());
  std::erase_if(history.evaluations, [&](const EvaluationRecord& evaluation) {
    return evaluation.step > checkpoint.last_evaluation();
  });
  return history;
}

}  // namespace

std::optional<Resumed> resume(const CheckpointedRun& run, Model& model, Trainer& trainer,
                              const std::string& name) {
  const fs::path record = record_of(run.file);
  const std::vector<fs::path> files = checkpoints_of(run.file);
  if (files.empty() || record.empty()) return std::nullopt;
  try {
    const RunFile recorded(record);
    for (const fs::path& file : files) {
      try {
        const Checkpoint checkpoint(file, run);
        const auto steps = static_cast<std::int64_t>(recorded.step_count());
        if (steps < checkpoint.step()) continue;  // of an attempt whose file is gone
        Resumed resumed{history_until(recorded, checkpoint), checkpoint.restore(model, trainer)};
        say("{}  resuming at step {}\n", name, checkpoint.step());
        return resumed;
      } catch (const Error& error) {
        if (file == files.back()) throw;
        say("{}  {}; the checkpoint before is taken\n", name, error.what());
        fs::remove(file);
      }
    }
  } catch (const Error& error) {
    fail("{}; delete {} to restart this run from scratch", error.what(), record.string());
  }
  return std::nullopt;
}

}  // namespace rankwise
