/// Writes a run file: step by step while the run goes on, complete and renamed at its end.
#pragma once

#include "framework/io/atomic_file.h"
#include "framework/io/hdf5.h"
#include "framework/record/merge_record.h"
#include "framework/record/run_file.h"
#include "framework/record/schema.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rankwise {

/// Records one run. Until finish() the file is `partial_path(path)`: other processes read it at any
/// time, and after a kill it holds every flushed step. One writer a path: callers hold a Lease.
/// After a failed write (a full disk) it is left as a kill would leave it, and all else throws.
class RunWriter {
 public:
  /// Creates the partial file (and the folder), replacing one that a killed run left.
  /// `attributes` is a JSON object; `format`, `schema`, `status` and `error` are the writer's own.
  /// `history` is what a resumed run keeps: it is recorded before the old partial file goes.
  RunWriter(const std::filesystem::path& path, RunLayout layout, const nlohmann::json& attributes,
            const RunHistory& history = {});

  /// The name that the file has once it is complete.
  const std::filesystem::path& path() const { return path_; }

  /// Records a step. Readers see it after the next flush, which comes by itself every
  /// `kStepsPerFlush` steps and with each evaluation.
  void step(const StepRecord& record);

  /// Records an evaluation and flushes. Throws where a score or an array does not fit the layout.
  void evaluation(const EvaluationRecord& record);

  /// Throws Error where the partial file no longer lies where it was begun: a folder was renamed or
  /// removed, and what is written beside it would make that folder anew. Each flush asks.
  void check_in_place() const;

  void flush();

  /// Completes the file with status "finished" under path(), and removes the file of an earlier
  /// failure of this run. `attributes` replaces those of the same name. `merge` null: of no merged
  /// model.
  void finish(const FinalRecord& record, const nlohmann::json& attributes,
              const MergeRecord* merge = nullptr);

  /// Writes nothing any more, and leaves the file as a kill would: where the run is another's by
  /// now.
  void abandon() noexcept;

  /// Completes what was recorded with status "failed" and the error, as `failed_path(path())`.
  void fail(const std::string& message);

  static constexpr std::size_t kStepsPerFlush = 16;

 private:
  void create_column(const schema::Slot& slot);
  void create_columns();
  void check_evaluation(const EvaluationRecord& record) const;
  void guarded(const std::function<void()>& write);
  void write_steps();
  void write_evaluation(const EvaluationRecord& record);
  void write_usage(const SiteRecord& site, const SiteUsage& usage);
  void close();
  void complete(const std::filesystem::path& target, const std::function<void(hdf5::File&)>& add);

  std::filesystem::path path_;
  RunLayout layout_;
  hdf5::File file_;
  std::map<std::string, hdf5::Dataset> columns_;  // by path
  std::vector<StepRecord> waiting_;               // recorded, not yet in the file
  std::size_t step_count_ = 0;                    // in the file
  std::size_t evaluation_count_ = 0;
  bool closed_ = false;
  FileIdentity identity_;  // of the partial file
};

}  // namespace rankwise
