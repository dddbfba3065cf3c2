#include "framework/train/resume.h"

#include "framework/core/error.h"
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

// What was recorded up to the checkpoint: later steps and evaluations come again.
RunHistory history_until(const RunFile& partial, const Checkpoint& checkpoint) {
  RunHistory history = partial.history(checkpoint.step());
  std::erase_if(history.evaluations, [&](const EvaluationRecord& evaluation) {
    return evaluation.step > checkpoint.last_evaluation();
  });
  return history;
}

}  // namespace

std::optional<Resumed> resume(const fs::path& run_file, Model& model, Trainer& trainer,
                              const std::string& name) {
  const fs::path partial = partial_path(run_file);
  const std::vector<fs::path> files = checkpoints_of(run_file);
  if (files.empty() || !fs::exists(partial)) return std::nullopt;
  try {
    const RunFile recorded(partial);
    for (const fs::path& file : files) {
      try {
        const Checkpoint checkpoint(file);
        const auto steps = static_cast<std::int64_t>(recorded.step_count());
        if (steps < checkpoint.step()) continue;  // of an attempt whose file is gone
        Resumed resumed{history_until(recorded, checkpoint), checkpoint.restore(model, trainer)};
        fmt::print(stderr, "{}  resuming at step {}\n", name, checkpoint.step());
        return resumed;
      } catch (const Error& error) {
        if (file == files.back()) throw;
        fmt::print(stderr, "{}  damaged, so the checkpoint before is taken: {}\n", name,
                   error.what());
        fs::remove(file);
      }
    }
  } catch (const Error& error) {
    fail("{}; delete {} to restart this run from scratch", error.what(), partial.string());
  }
  return std::nullopt;
}

}  // namespace rankwise
