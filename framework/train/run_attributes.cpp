#include "framework/train/run_attributes.h"

#include "framework/core/provenance.h"
#include "framework/train/evaluator.h"
#include "framework/train/plugin.h"

#include <torch/version.h>

namespace rankwise {

namespace {

using nlohmann::json;

std::string backbone_text(const RunConfig& config) {
  const std::string weights = config.backbone_options.value("weights", "");
  return weights.empty() ? config.backbone + " (random)" : config.backbone + " " + weights;
}

json provenance(const std::string& variant) {
  json versions = base_provenance();
  versions["libtorch"] = TORCH_VERSION;
  if (const Plugin* plugin = plugin_of(variant)) {
    versions["plugin"] = {{"path", plugin->path.string()}, {"sha256", plugin->sha256}};
  }
  return versions;
}

std::string scale_note(const RunTask& task, std::int64_t tasks) {
  const auto rows = [](std::int64_t count) {
    return count == 0 ? std::string("all") : fmt::format("at most {}", count);
  };
  const RunConfig& config = task.config;
  const std::string scale =
      fmt::format("{} tasks, {} steps of {} examples, {} dev and {} test examples a task", tasks,
                  config.train.steps, config.train.batch, rows(config.data.dev_rows),
                  rows(config.data.test_rows));
  return task.note.empty() ? scale : task.note + ": " + scale;
}

}  // namespace

json study_attributes(const RunTask& task, std::int64_t tasks) {
  return {{"study", task.study},
          {"study_file", task.study_file},
          {"reproduces", task.reproduces},
          {"label", task.config.label},
          {"order", task.order},
          {"config", task.config.to_json()},
          {"scale_note", scale_note(task, tasks)}};
}

json opening_attributes(const RunTask& task, std::int64_t tasks) {
  const RunConfig& config = task.config;
  const RunIdentity& identity = task.identity;
  json attributes = study_attributes(task, tasks);
  attributes.update({{"variant", config.variant},
                     {"reading", config.options.value("reading", "paper")},
                     {"seed", config.seed},
                     {"identity", identity.identity},
                     {"config_hash", identity.config_hash},
                     {"protocol_hash", identity.protocol_hash},
                     {"tasks_sha256", identity.tasks_sha256},
                     {"weights_sha256", identity.weights_sha256},
                     {"backbone", backbone_text(config)},
                     {"suite", config.data.suite},
                     {"steps", config.train.steps},
                     {"best_rule", kBestRule},
                     {"provenance", provenance(config.variant)},
                     {"commit", source_commit()},
                     {"dirty", source_dirty()},
                     {"host", host_name()},
                     {"device", task.device},
                     {"threads", task.threads},
                     {"created", utc_now()}});
  return attributes;
}

json closing_attributes(const RunTotals& totals, double seconds) {
  return {
      {"seconds", seconds},
      {"training_seconds", totals.training_seconds},
      {"training_tokens", totals.training_rows},
      {"evaluation_tokens", totals.evaluation_rows},
      {"tokens_per_second", static_cast<double>(totals.training_rows) / totals.training_seconds},
      {"peak_memory_mib", peak_memory_mib()},
      {"best_step", totals.best_step}};
}

}  // namespace rankwise
