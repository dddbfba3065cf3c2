/// What is known of the runs of one set at their end: representations, gradients, merging.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/summary_row.h"
#include "framework/record/summary_set.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

void write_summary_end(hdf5::File& file, const std::string& name, const SummarySet& set);

std::vector<SampleEmbedding> read_summary_samples(const SummaryRow& row);
std::vector<std::int32_t> read_summary_sample_tasks(const SummaryRow& row);
std::vector<GradientRecord> read_summary_gradients(const SummaryRow& row);
std::optional<MergeRecord> read_summary_merge(const SummaryRow& row);

}  // namespace rankwise
