/// What the low-rank factors say: planted directions found, and how tasks' updates interfere.
#pragma once

#include "framework/record/run_reader.h"

#include <Eigen/Core>

#include <optional>

namespace rankwise::analysis {

/// Shares of the planted directions that the factors' spans hold, from 0 to 1, over sites. Chance
/// is the span's dimension over the width.
struct SubspaceRecovery {
  std::optional<double> right;  // the inputs' directions in the row space of A
  std::optional<double> left;   // the outputs' directions in the column space of B
};

/// A side is absent where no site has both the truth and factors, and a site is left out where its
/// factor spans everything, so that the share would be 1 whatever was learnt.
SubspaceRecovery subspace_recovery(const RunFile& file);

/// [T, T] cosines of the tasks' updates dW_t = B diag(g_t) A, from the mean gate values g [T, R];
/// NaN where an update is zero. A factor that all tasks share does not change them. `a` is [R, in],
/// `b` [out, R].
Eigen::MatrixXd update_cosines(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b,
                               const Eigen::MatrixXd& gates);

/// Mean cosine over pairs of tasks and over the sites where one rank is chosen a task; nothing
/// where there are none, or where updates are zero.
std::optional<double> mean_update_cosine(const RunFile& file);

}  // namespace rankwise::analysis
