/// What merging several runs into one model left, in the file of the merged model.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/run_file.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace rankwise {

/// Arrays are row-major, by the layout's order of tasks T and sites L, and by the order of the M
/// merged models.
struct MergeRecord {
  std::int64_t models = 0;      // M
  std::vector<double> before;   // [T] first metric on test of the task's own model
  std::vector<double> after;    // [T] of the merged model
  std::vector<double> cka;      // [T] linear CKA of the two models' pooled vectors
  std::vector<double> cosine;   // [L, M, M] of the updates; empty: they are no matrices
  std::vector<double> overlap;  // [L, M, M] ||A_i A_j'|| / (||A_i|| ||A_j||)
  // [L, M, M] principal angles between the row spaces of A_i and A_j, degrees; NaN where they
  // span everything
  std::vector<double> smallest_angle, mean_angle;
  std::vector<double> interference;  // [L] ||sum dW||^2 / sum ||dW||^2
  bool operator==(const MergeRecord&) const = default;
};

/// Throws Error where an array does not fit the layout.
void write_merge(hdf5::File& file, const MergeRecord& record, const RunLayout& layout);

/// Nothing where the file is of no merged model.
std::optional<MergeRecord> read_merge(const hdf5::File& file, const RunLayout& layout);

}  // namespace rankwise
