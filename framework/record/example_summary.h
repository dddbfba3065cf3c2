/// A small run with everything a summary can hold: for tests.
#pragma once

#include "framework/core/json.h"
#include "framework/record/example_run.h"
#include "framework/record/summary_run.h"

#include <string>

namespace rankwise {

/// As summaries hold it: what they leave out is not there. Its numbers are exact in float32.
inline SummaryRun example_summary_run(const std::string& name = "a") {
  SummaryRun run{.name = name,
                 .attributes = {{"study", "example"}, {"seed", 3}, {"config", {{"rank", 8}}}},
                 .layout = example_layout(),
                 .steps = {},
                 .evaluations = {example_evaluation(10), example_evaluation(20)},
                 .final = example_final()};
  for (const std::int64_t step : {1, 2, 4}) run.steps.push_back(example_step(step));
  for (StepRecord& step : run.steps) step.learning_rate = 0.5, step.seconds = 0;
  for (TaskRecord& task : run.layout.tasks) task.dev_tokens = 12;
  for (SiteRecord& site : run.layout.sites) site.coactivation = false;
  for (SiteTruth& site : run.layout.truth->sites) site = {.rank = site.rank};
  for (EvaluationRecord& record : run.evaluations) {
    SiteUsage& usage = record.usage[0];
    usage.count = {16, 4, 0, 4};
    usage.gate_mass = {8, 1, 0, 3};
    usage.coactivation.clear();
    usage.half_count.clear();
  }
  run.evaluations[0].usage[0].task_embedding.clear();  // the last one's alone
  run.final.factors.clear();
  run.final.predictions[0].split = "test";
  run.final.predictions[0].answers = {};
  run.final.predictions[0].generated = {};
  run.final.predictions[0].generation_usage = {};
  return run;
}

/// Of two models.
inline MergeRecord example_merge() {
  return {.models = 2,
          .before = {0.1, 0.2},
          .after = {0.3, 0.4},
          .cka = {0.5, 0.6},
          .cosine = {1, 0.5, 0.5, 1, 1, 0.25, 0.25, 1},
          .overlap = {1, 0.5, 0.5, 1, 1, 0.25, 0.25, 1},
          .smallest_angle = {0, 80, 80, 0, 0, 70, 70, 0},
          .mean_angle = {0, 85, 85, 0, 0, 75, 75, 0},
          .interference = {1, 1.5}};
}

}  // namespace rankwise
