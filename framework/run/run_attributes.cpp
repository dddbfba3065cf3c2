#include "framework/run/run_attributes.h"

#include "framework/core/provenance.h"
#include "framework/core/switches.h"
#include "framework/model/weights_place.h"
#include "framework/run/plugin.h"
#include "framework/train/evaluator.h"

#include <torch/version.h>

namespace rankwise {

namespace {

using nlohmann::json;

std::string backbone_text(const RunConfig& config) {
  const std::string weights = config.backbone_options.value("weights", "");
  return weights.empty() ? config.backbone + " (random)"
                         : config.backbone + " " + weights_name(weights);
}

json provenance(const std::string& variant) {
  json versions = base_provenance();
  versions["libtorch"] = TORCH_VERSION;
  if (const Plugin* plugin = plugin_of(variant)) {
    versions["plugin"] = {{"path", plugin->path.string()}, {"sha256", plugin->sha256}};
  }
  return versions;
}

std::string budget_note(const TrainOptions& train, std::int64_t steps) {
  if (!train.epochs) return fmt::format("{} steps", steps);
  return fmt::format("{} epoch{} in {} steps", *train.epochs, *train.epochs == 1 ? "" : "s", steps);
}

std::string scale_note(const RunJob& job, const RunScale& of_run) {
  const auto rows = [](std::int64_t count) {
    return count == 0 ? std::string("all") : fmt::format("at most {}", count);
  };
  const RunConfig& config = job.config;
  const std::string scale =
      fmt::format("{} tasks, {} of {} examples, {} dev and {} test examples a task", of_run.tasks,
                  budget_note(config.train, of_run.steps), config.train.batch,
                  rows(config.data.dev_rows), rows(config.data.test_rows));
  return job.note.empty() ? scale : job.note + ": " + scale;
}

}  // namespace

json study_attributes(const RunJob& job, const RunScale& scale) {
  return {{"study", job.study},
          {"study_file", job.study_file},
          {"reproduces", job.reproduces},
          {"label", job.config.label},
          {"order", job.order},
          {"config", job.config.to_json()},
          {"scale_note", scale_note(job, scale)}};
}

json opening_attributes(const RunJob& job, const RunScale& scale, const Collective& processes) {
  const RunConfig& config = job.config;
  const RunIdentity& identity = job.identity;
  json attributes = study_attributes(job, scale);
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
                     {"steps", scale.steps},
                     {"best_rule", kBestRule},
                     {"provenance", provenance(config.variant)},
                     {"commit", source_commit()},
                     {"dirty", source_dirty()},
                     {"host", host_name()},
                     {"device", job.device},
                     {"threads", job.threads},
                     {"created", utc_now()}});
  if (!processes.alone()) attributes["processes"] = processes.text();
  if (!identity.init_sha256.empty()) attributes["init_sha256"] = identity.init_sha256;
  if (const auto off = switched_off(); !off.empty()) attributes["switched_off"] = off;
  return attributes;
}

json closing_attributes(const RunTotals& totals, double seconds) {
  json attributes{
      {"seconds", seconds},
      {"training_seconds", totals.training_seconds},
      {"training_tokens", totals.training_rows},
      {"evaluation_tokens", totals.evaluation_rows},
      {"tokens_per_second", static_cast<double>(totals.training_rows) / totals.training_seconds},
      {"peak_memory_mib", peak_memory_mib()},
      {"best_step", totals.best_step},
      {"update_flops_per_token", totals.update_flops},
      {"stored_parameters", totals.stored_parameters}};
  if (totals.device_peak) {
    attributes["peak_device_allocated_mib"] = totals.device_peak->allocated;
    attributes["peak_device_reserved_mib"] = totals.device_peak->reserved;
  }
  if (!totals.ended_early.is_null()) attributes["ended_early"] = totals.ended_early;
  return attributes;
}

}  // namespace rankwise
