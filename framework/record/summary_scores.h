/// Training, evaluations and test results of the runs of one set in a summary.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/summary_row.h"
#include "framework/record/summary_set.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

void write_summary_scores(hdf5::File& file, const std::string& name, const SummarySet& set);

/// Rows that are no padding.
std::size_t summary_steps(const SummaryRow& row);
std::size_t summary_evaluations(const SummaryRow& row);

std::vector<StepRecord> read_summary_steps(const SummaryRow& row);

/// With scores alone.
std::vector<EvaluationRecord> read_summary_evaluations(const SummaryRow& row);

/// Of every task with its test examples, or of one place alone.
std::vector<PredictionRecord> read_summary_predictions(const SummaryRow& row,
                                                       const RunLayout& layout);
std::optional<PredictionRecord> read_summary_prediction(const SummaryRow& row,
                                                        const RunLayout& layout,
                                                        const PredictionPlace& place);

/// By metric; empty where the place is not in the summary.
std::map<std::string, double> read_summary_scores(const SummaryRow& row,
                                                  const PredictionPlace& place);

}  // namespace rankwise
