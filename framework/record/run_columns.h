/// Which dataset holds which field of a record: one table for the writer and the reader.
#pragma once

#include "framework/record/run_file.h"
#include "framework/record/schema.h"

namespace rankwise {

/// Calls visit(path, field) for each column of the steps but `/train/step`, which counts them.
template <class Visit>
void for_each_step_column(const Visit& visit) {
  visit("/train/task", &StepRecord::task);
  visit("/train/loss", &StepRecord::loss);
  visit("/train/auxiliary", &StepRecord::auxiliary);
  visit("/train/learning_rate", &StepRecord::learning_rate);
  visit("/train/tokens", &StepRecord::tokens);
  visit("/train/seconds", &StepRecord::seconds);
}

/// Calls visit(pattern, field) for each array that a site records in every evaluation.
template <class Visit>
void for_each_usage_array(const SiteRecord& site, const Visit& visit) {
  if (site.ranks > 0) {
    visit("/usage/<site>/count", &SiteUsage::count);
    visit("/usage/<site>/gate_mass", &SiteUsage::gate_mass);
    visit("/usage/<site>/training_count", &SiteUsage::training_count);
  }
  if (site.balance_bias) visit("/usage/<site>/balance_bias", &SiteUsage::balance_bias);
  if (site.selection) {
    visit("/selection/<site>/rank", &SiteUsage::chosen_rank);
    visit("/selection/<site>/probability", &SiteUsage::probability);
  }
  if (site.embedding_width > 0) visit("/embedding/<site>/task", &SiteUsage::task_embedding);
}

/// Calls visit(attribute, field) for each count in `/parameters`.
template <class Visit>
void for_each_parameter_count(const Visit& visit) {
  visit("total", &ParameterCounts::total);
  visit("trainable", &ParameterCounts::trainable);
  visit("active", &ParameterCounts::active);
  visit("router", &ParameterCounts::router);
  visit("frozen", &ParameterCounts::frozen);
  visit("head", &ParameterCounts::head);
}

/// The slot of a site's dataset in a run of `tasks` tasks.
inline schema::Slot site_slot(std::string_view pattern, const SiteRecord& site, std::size_t tasks) {
  return schema::slot(pattern, {{"site", site.name}},
                      {{"T", tasks},
                       {"R", static_cast<std::uint64_t>(site.ranks)},
                       {"D", static_cast<std::uint64_t>(site.embedding_width)}});
}

inline schema::Slot score_slot(const std::string& task, const std::string& metric) {
  return schema::slot("/evaluation/score/<task>/<metric>", {{"task", task}, {"metric", metric}});
}

}  // namespace rankwise
