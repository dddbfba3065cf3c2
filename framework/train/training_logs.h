/// The course of training beside the run file, as other programs read it: lines of JSON, and
/// TensorBoard's event files.
#pragma once

#include "framework/train/observer.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace rankwise {

/// "a.h5" -> "a.train.jsonl"
std::filesystem::path json_log_path(const std::filesystem::path& run_file);
/// "a.h5" -> "a.tensorboard/events.out.tfevents.rankwise"
std::filesystem::path event_log_path(const std::filesystem::path& run_file);

class TrainingLogs : public Observer {
 public:
  /// `kinds`: "jsonl", "tensorboard". New files, which begin with the `history` of a resumed run.
  /// Throws Error where they cannot be written, then and later.
  TrainingLogs(const std::vector<std::string>& kinds, const std::filesystem::path& run_file,
               const RunLayout& layout, const RunHistory& history);
  void on_step(const StepRecord& record) override;
  void on_evaluation(const EvaluationRecord& record) override;

 private:
  std::vector<std::unique_ptr<Observer>> logs_;
};

}  // namespace rankwise
