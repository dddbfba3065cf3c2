/// An evaluation's examples, shared out by batches over the processes of a run.
///
/// Each fills in what it predicted and leaves the rest as it was made, zeros and empty texts: what
/// all know is the sum.
#pragma once

#include "framework/model/model.h"
#include "framework/record/run_file.h"
#include "framework/train/collective.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

/// Whether this process takes batch number `index`.
inline bool takes(const Collective& processes, std::size_t index) {
  return static_cast<std::int64_t>(index) % processes.size() == processes.rank();
}

void share(Collective& processes, std::vector<double>& values);
void share(Collective& processes, std::vector<std::string>& texts);
/// Outputs and answers of a task that is not scored yet.
void share(Collective& processes, PredictionRecord& record);
/// A number of each process becomes their sum.
void share(Collective& processes, std::int64_t& value);

/// The counts of evaluation usage of every site; of pairs too.
void share_evaluation_usage(Collective& processes, Model& model);
/// Those of the rows that were written.
void share_generation_usage(Collective& processes, Model& model);

}  // namespace rankwise
