/// Reads the routing statistics of a model's updates into a run file's records.
#pragma once

#include "framework/data/dataset.h"
#include "framework/model/model.h"
#include "framework/record/run_file.h"
#include "framework/suites/suite.h"

#include <vector>

namespace rankwise {

/// Tasks and sites with what each of them records; usage is counted on the split `evaluated`.
RunLayout run_layout(const Dataset& dataset, Model& model,
                     const std::optional<SuiteTruth>& truth = {},
                     SplitName evaluated = SplitName::kDev);

/// By the layout's order of sites; counts of the last evaluation that counted usage.
std::vector<SiteUsage> collect_usage(Model& model);

/// A and B of every site that has them.
std::vector<FactorRecord> collect_factors(Model& model);

/// Representations of `samples` dev examples per task: the pooled vector, and the first-token input
/// of each site with task embeddings. Fills sample_embeddings and sample_tasks.
void collect_samples(Model& model, const Dataset& dataset, std::int64_t samples,
                     const torch::TensorOptions& options, FinalRecord& record);

}  // namespace rankwise
