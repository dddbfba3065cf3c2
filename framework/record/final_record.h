/// The part of a run file that is written once, when the run ends.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/run_file.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// Throws where a record's arrays do not have the sizes that it states, or predictions are of a
/// task that is not among `tasks`.
void write_final_record(hdf5::File& file, const FinalRecord& record,
                        const std::vector<TaskRecord>& tasks);

/// How generated programs were run.
struct ProgramLimits {
  std::string command;            // with {file} for the program's file
  double seconds = 10;            // wall time of each; CPU time of each of its processes
  std::int64_t mebibytes = 2048;  // address space of each of its processes
  bool network = false;           // whether they could reach one
};

/// Adds to the texts of a finished run which of them `passed`, and the record's scores, in the
/// place of those that are there.
void write_passed(hdf5::File& file, const PredictionRecord& record, const ProgramLimits& limits);

/// Each gives nothing (or zeros) where the run did not finish.
std::vector<PredictionRecord> read_predictions(const hdf5::File& file,
                                               const std::vector<TaskRecord>& tasks);
std::optional<PredictionRecord> find_prediction(const hdf5::File& file,
                                                const PredictionPlace& place);
std::map<std::string, double> read_final_scores(const hdf5::File& file,
                                                const PredictionPlace& place);
std::vector<SampleEmbedding> read_sample_embeddings(const hdf5::File& file);
std::vector<std::int32_t> read_sample_tasks(const hdf5::File& file);
std::vector<FactorRecord> read_factors(const hdf5::File& file);
std::vector<GradientRecord> read_gradients(const hdf5::File& file);
ParameterCounts read_parameters(const hdf5::File& file);

}  // namespace rankwise
