/// Which dataset of a summary holds which field of a record: one table for writer and reader.
#pragma once

#include "framework/record/merge_record.h"
#include "framework/record/run_file.h"

namespace rankwise {

/// Calls visit(pattern, field) for each field of a task but its metrics.
template <class Visit>
void for_each_task_column(const Visit& visit) {
  visit("/set/<set>/task/name", &TaskRecord::name);
  visit("/set/<set>/task/family", &TaskRecord::family);
  visit("/set/<set>/task/kind", &TaskRecord::kind);
  visit("/set/<set>/task/classes", &TaskRecord::classes);
}

/// Calls visit(pattern, field) for each field of a site that all runs of a set share.
template <class Visit>
void for_each_site_column(const Visit& visit) {
  visit("/set/<set>/site/name", &SiteRecord::name);
  visit("/set/<set>/site/in", &SiteRecord::in);
  visit("/set/<set>/site/out", &SiteRecord::out);
}

/// Calls visit(pattern, field) for each field that says what is kept of a run at a site.
template <class Visit>
void for_each_kept_column(const Visit& visit) {
  visit("/set/<set>/site/ranks", &SiteRecord::ranks);
  visit("/set/<set>/site/balance_bias", &SiteRecord::balance_bias);
  visit("/set/<set>/site/selection", &SiteRecord::selection);
  visit("/set/<set>/site/embedding_width", &SiteRecord::embedding_width);
  visit("/set/<set>/site/answers", &SiteRecord::answers);
}

/// Calls visit(pattern, field) for each column of the steps; real ones are rounded to float32.
template <class Visit>
void for_each_summary_step(const Visit& visit) {
  visit("/set/<set>/train/step", &StepRecord::step);
  visit("/set/<set>/train/task", &StepRecord::task);
  visit("/set/<set>/train/loss", &StepRecord::loss);
  visit("/set/<set>/train/auxiliary", &StepRecord::auxiliary);
  visit("/set/<set>/train/learning_rate", &StepRecord::learning_rate);
  visit("/set/<set>/train/tokens", &StepRecord::tokens);
}

/// Calls visit(pattern, field, tasks, ranks) for each array of usage that is kept at a site; the
/// flags say whether its shape has T and R.
template <class Visit>
void for_each_summary_usage(const SiteRecord& site, const Visit& visit) {
  if (site.ranks > 0) {
    visit("/set/<set>/usage/count", &SiteUsage::count, true, true);
    visit("/set/<set>/usage/gate", &SiteUsage::gate_mass, true, true);
    visit("/set/<set>/usage/training_count", &SiteUsage::training_count, true, true);
  }
  if (site.balance_bias) {
    visit("/set/<set>/usage/balance_bias", &SiteUsage::balance_bias, false, true);
  }
  if (site.selection) {
    visit("/set/<set>/selection/rank", &SiteUsage::chosen_rank, true, false);
    visit("/set/<set>/selection/probability", &SiteUsage::probability, true, true);
  }
}

/// Calls visit(pattern, field, exact) for each array of a merged model; others are rounded to
/// float32.
template <class Visit>
void for_each_merge_column(const Visit& visit) {
  visit("/set/<set>/merge/before", &MergeRecord::before, true);
  visit("/set/<set>/merge/after", &MergeRecord::after, true);
  visit("/set/<set>/merge/cka", &MergeRecord::cka, true);
  visit("/set/<set>/merge/cosine", &MergeRecord::cosine, false);
  visit("/set/<set>/merge/overlap", &MergeRecord::overlap, false);
  visit("/set/<set>/merge/smallest_angle", &MergeRecord::smallest_angle, false);
  visit("/set/<set>/merge/mean_angle", &MergeRecord::mean_angle, false);
  visit("/set/<set>/merge/interference", &MergeRecord::interference, false);
}

}  // namespace rankwise
