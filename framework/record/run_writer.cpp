#include "framework/record/run_writer.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/io/atomic_file.h"
#include "framework/io/json_attributes.h"
#include "framework/record/final_record.h"
#include "framework/record/run_columns.h"
#include "framework/record/run_layout.h"

#include <fmt/ranges.h>

#include <set>
#include <system_error>
#include <utility>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The name of a file that nobody reads yet.
fs::path unready_path(const fs::path& path) {
  fs::path unready = path;
  unready += ".new";
  return unready;
}

hdf5::File create_file(const fs::path& path) {
  const fs::path unready = unready_path(partial_path(path));
  create_parent_folder(unready);
  return hdf5::File::create(unready, partial_path(path));
}

json own_attributes(const char* status) {
  return {{"format", schema::kFormat}, {"schema", schema::kVersion}, {"status", status}};
}

void check_attributes(const json& attributes) {
  for (const char* name : {"format", "schema", "status", "error"}) {
    check(!attributes.contains(name), "the attribute '{}' of a run file is its writer's own", name);
  }
}

/// A score of each task's each metric, and no other.
void check_scores(const EvaluationRecord& record, const std::vector<TaskRecord>& tasks) {
  std::set<std::string> missing;
  for (const TaskRecord& task : tasks) {
    for (const std::string& metric : task.metrics)
      missing.insert(score_slot(task.name, metric).path);
  }
  for (const auto& [task, scores] : record.scores) {
    for (const auto& [metric, score] : scores) {
      check(missing.erase(score_slot(task, metric).path) == 1,
            "evaluation at step {}: {}, which no task of the run has", record.step,
            score_slot(task, metric).path);
    }
  }
  check(missing.empty(), "evaluation at step {}: no {}", record.step, fmt::join(missing, ", "));
}

/// Removes a file when it goes out of scope: what a failure leaves, or nothing after a rename.
struct Removed {
  fs::path path;
  ~Removed() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

}  // namespace

RunWriter::RunWriter(const fs::path& path, RunLayout layout, const json& attributes,
                     const RunHistory& history)
    : path_(path), layout_(std::move(layout)), file_(create_file(path)) {
  const Removed unready{unready_path(partial_path(path_))};
  check_layout(layout_);
  check_attributes(attributes);
  write_json_attributes(file_, "/", attributes);
  write_json_attributes(file_, "/", own_attributes("running"));
  write_layout(file_, layout_);
  create_columns();
  file_.start_swmr();
  for (const StepRecord& record : history.steps) step(record);
  for (const EvaluationRecord& record : history.evaluations) evaluation(record);
  flush();
  commit_file(unready.path, partial_path(path_));
  identity_ = identity_of(partial_path(path_));
}

void RunWriter::create_column(const schema::Slot& slot) {
  columns_.emplace(slot.path, schema::create(file_, slot));
}

void RunWriter::create_columns() {
  create_column(schema::slot("/train/step"));
  for_each_step_column([&](const char* path, auto) { create_column(schema::slot(path)); });
  create_column(schema::slot("/evaluation/step"));
  for (const TaskRecord& task : layout_.tasks) {
    for (const std::string& metric : task.metrics) create_column(score_slot(task.name, metric));
  }
  for (const SiteRecord& site : layout_.sites) {
    const auto create = [&](const char* pattern) {
      create_column(site_slot(pattern, site, layout_.tasks.size()));
    };
    for_each_usage_array(site, [&](const char* pattern, auto) { create(pattern); });
    if (site.ranks > 0) create("/usage/<site>/entropy");
    if (site.coactivation) create("/usage/<site>/coactivation");
    if (site.coactivation) create("/usage/<site>/half_count");
  }
}

void RunWriter::step(const StepRecord& record) {
  waiting_.push_back(record);
  if (waiting_.size() >= kStepsPerFlush) flush();
}

void RunWriter::check_in_place() const {
  const fs::path partial = partial_path(path_);
  check(
      identity_ == FileIdentity() || identity_of(partial) == identity_,
      "{}: was moved or removed while the run wrote it; give --results the place where it is now, "
      "or bring it back, and the same command goes on from the last checkpoint",
      partial.string());
}

void RunWriter::flush() {
  check_in_place();
  if (!waiting_.empty()) {
    guarded([&] { write_steps(); });
  }
}

void RunWriter::evaluation(const EvaluationRecord& record) {
  check_evaluation(record);
  flush();
  guarded([&] { write_evaluation(record); });
}

void RunWriter::guarded(const std::function<void()>& write) {
  check(file_.is_open(), "{}: recording ended before, with a failure or the run",
        partial_path(path_).string());
  check_in_place();
  try {
    write();
  } catch (const Error&) {  // a full disk: what was flushed before stays readable
    abandon();
    throw;
  }
}

void RunWriter::abandon() noexcept {
  for (auto& [path, column] : columns_) column.abandon();
  file_.abandon();
}

void RunWriter::write_steps() {
  const auto write = [&](const char* path, auto field) {
    std::vector<std::decay_t<decltype(waiting_.front().*field)>> values;
    for (const StepRecord& record : waiting_) values.push_back(record.*field);
    hdf5::Dataset& column = columns_.at(path);
    column.write_rows(step_count_, values);
    column.flush();
  };
  for_each_step_column(write);
  write("/train/step", &StepRecord::step);  // last: it says how many rows are complete
  step_count_ += waiting_.size();
  waiting_.clear();
}

void RunWriter::write_evaluation(const EvaluationRecord& record) {
  for (const auto& [task, scores] : record.scores) {
    for (const auto& [metric, score] : scores) {
      columns_.at(score_slot(task, metric).path).write_rows<double>(evaluation_count_, {score});
    }
  }
  for (std::size_t i = 0; i < layout_.sites.size(); ++i) {
    write_usage(layout_.sites[i], record.usage[i]);
  }
  file_.flush();
  hdf5::Dataset& steps = columns_.at("/evaluation/step");  // last, as above
  steps.write_rows<std::int64_t>(evaluation_count_, {record.step});
  steps.flush();
  ++evaluation_count_;
}

void RunWriter::write_usage(const SiteRecord& site, const SiteUsage& usage) {
  const auto column = [&](const char* pattern) -> hdf5::Dataset& {
    return columns_.at(site_slot(pattern, site, layout_.tasks.size()).path);
  };
  for_each_usage_array(site, [&](const char* pattern, auto field) {
    column(pattern).write_rows(evaluation_count_, usage.*field);
  });
  if (site.ranks > 0) {
    column("/usage/<site>/entropy")
        .write_rows(evaluation_count_, row_entropies(usage.count, site.ranks));
  }
  if (site.coactivation && !usage.coactivation.empty()) {
    column("/usage/<site>/coactivation").write(usage.coactivation);
  }
  if (site.coactivation && !usage.half_count.empty()) {
    column("/usage/<site>/half_count").write(usage.half_count);
  }
}

void RunWriter::check_evaluation(const EvaluationRecord& record) const {
  check_scores(record, layout_.tasks);
  check(record.usage.size() == layout_.sites.size(),
        "evaluation at step {}: usage of {} sites, expected {}", record.step, record.usage.size(),
        layout_.sites.size());
  for (std::size_t i = 0; i < layout_.sites.size(); ++i) {
    const SiteRecord& site = layout_.sites[i];
    const auto check_size = [&](const char* pattern, const auto& values) {
      const schema::Slot slot = site_slot(pattern, site, layout_.tasks.size());
      check(values.size() == hdf5::element_count(slot.shape),
            "evaluation at step {}: {} has {} values, expected {}", record.step, slot.path,
            values.size(), hdf5::to_string(slot.shape));
    };
    for_each_usage_array(site, [&](const char* pattern, auto field) {
      check_size(pattern, record.usage[i].*field);
    });
    const auto& coactivation = record.usage[i].coactivation;
    if (!coactivation.empty()) check_size("/usage/<site>/coactivation", coactivation);
    const auto& half = record.usage[i].half_count;
    if (!half.empty()) check_size("/usage/<site>/half_count", half);
  }
}

void RunWriter::close() {
  if (closed_) return;
  flush();
  guarded([&] { file_.flush(); });
  columns_.clear();
  file_.close();
  closed_ = true;
}

/// Adds to a copy, so that a kill at any moment leaves the partial file readable.
void RunWriter::complete(const fs::path& target, const std::function<void(hdf5::File&)>& add) {
  close();
  const Removed copy{unready_path(target)};
  duplicate_file(partial_path(path_), copy.path);
  hdf5::File file = hdf5::File::open_for_writing(copy.path);
  add(file);
  file.close();
  commit_file(copy.path, target);
  std::error_code ignored;
  fs::remove(partial_path(path_), ignored);
}

void RunWriter::finish(const FinalRecord& record, const json& attributes,
                       const MergeRecord* merge) {
  check_attributes(attributes);
  complete(path_, [&](hdf5::File& file) {
    write_final_record(file, record, layout_.tasks);
    if (merge != nullptr) write_merge(file, *merge, layout_);
    write_json_attributes(file, "/", attributes);
    write_json_attributes(file, "/", own_attributes("finished"));
  });
  std::error_code ignored;
  fs::remove(failed_path(path_), ignored);
}

void RunWriter::fail(const std::string& message) {
  complete(failed_path(path_), [&](hdf5::File& file) {
    json attributes = own_attributes("failed");
    attributes["error"] = message;
    write_json_attributes(file, "/", attributes);
  });
}

}  // namespace rankwise
