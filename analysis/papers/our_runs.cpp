#include "analysis/papers/our_runs.h"

#include "analysis/runs/run_scores.h"

#include <utility>

namespace rankwise::analysis {
namespace {

TaskScore in_table_units(const std::string& metric, double value) {
  const bool rises = higher_is_better(metric);
  return {metric, rises, (rises ? 100 : 1) * value};
}

void add_every_metric(OurRun& ours, const RunFile& file) {
  for (const TaskRecord& task : file.layout().tasks) {
    for (const auto& [metric, value] : file.final_scores({task.name, "test", "best"})) {
      ours.scores[task.name + "/" + metric] = in_table_units(metric, value);
    }
  }
}

/// Wall hours of training, and the device's peak memory, else the process's.
void add_cost(OurRun& ours, const std::string& task) {
  const nlohmann::json& attributes = ours.run->attributes;
  const auto number = [&](const char* name) { return attributes.value(name, nlohmann::json()); };
  const nlohmann::json seconds = number("training_seconds");
  nlohmann::json mebibytes = number("peak_device_allocated_mib");
  if (!mebibytes.is_number()) mebibytes = number("peak_memory_mib");
  if (seconds.is_number()) {
    ours.scores[task + "/hours"] = {"hours", false, seconds.get<double>() / 3600};
  }
  if (mebibytes.is_number()) {
    ours.scores[task + "/gigabytes"] = {"GB", false, mebibytes.get<double>() * 1.048576e-3};
  }
}

void add_merged(OurRun& ours, const RunFile& file) {
  const auto merge = file.merge();
  if (!merge) return;
  const auto& tasks = file.layout().tasks;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const std::string& metric = tasks[t].metrics.front();
    ours.scores[tasks[t].name] = in_table_units(metric, merge->after[t]);
    ours.before[tasks[t].name] = in_table_units(metric, merge->before[t]);
    ours.scores[tasks[t].name + "/cka"] = {"CKA", true, merge->cka[t]};
  }
}

OurRun read_run(const Run& run) {
  const RunFile& file = run.file();
  OurRun ours{.run = &run, .scores = task_scores(file), .before = {}};
  add_merged(ours, file);
  ours.tasks = file.layout().tasks.size();
  if (const auto mean = average_score(task_scores(file))) ours.scores[kAverage] = *mean;
  add_every_metric(ours, file);
  if (ours.tasks == 1) add_cost(ours, file.layout().tasks.front().name);
  return ours;
}

}  // namespace

std::optional<TaskScore> OurRun::score(const std::string& name) const {
  const auto found = scores.find(name);
  return found == scores.end() ? std::nullopt : std::optional(found->second);
}

OurRuns read_ours(const RunSet& set) {
  OurRuns ours;
  for (const RunGroup& group : set.groups) {
    for (const Run& run : group.runs) {
      const OurRun one = read_run(run);
      const nlohmann::json config = run.attributes.value("config", nlohmann::json::object());
      const std::string rows = config.value("group", "");
      // A merged model is of a whole group, with a label of its own.
      if (!one.is_merged() && !rows.empty() && rows != group.label) ours[rows].push_back(one);
      ours[group.label].push_back(one);
    }
  }
  return ours;
}

}  // namespace rankwise::analysis
