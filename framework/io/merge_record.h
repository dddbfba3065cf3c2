/// What merging several runs of one task each into one model left, in the file of the merged model.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/io/run_file.h"

#include <optional>
#include <vector>

namespace rankwise {

/// Arrays are row-major, by the layout's order of tasks T and sites L.
struct MergeRecord {
  std::vector<double> before;        // [T] first metric on test of the task's own model
  std::vector<double> after;         // [T] of the merged model
  std::vector<double> cka;           // [T] linear CKA of the two models' pooled vectors
  std::vector<double> cosine;        // [L, T, T] of the updates; empty: they are no matrices
  std::vector<double> overlap;       // [L, T, T] ||A_i A_j'|| / (||A_i|| ||A_j||)
  std::vector<double> interference;  // [L] ||sum dW||^2 / sum ||dW||^2
  bool operator==(const MergeRecord&) const = default;
};

/// Throws Error where an array does not fit the layout.
void write_merge(hdf5::File& file, const MergeRecord& record, const RunLayout& layout);

/// Nothing where the file is of no merged model.
std::optional<MergeRecord> read_merge(const hdf5::File& file, const RunLayout& layout);

}  // namespace rankwise
