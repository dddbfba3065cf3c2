/// Several methods on several data sets: whether they differ at all, and which pairs do (Demšar,
/// JMLR 2006).
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace rankwise::analysis {

struct FriedmanTest {
  std::vector<double> mean_ranks;  // of each method, the best has the lowest; ties share theirs
  double chi_squared = 0;          // with k - 1 degrees of freedom, corrected for ties
  double p = 1;
};

/// Friedman's test (1937) of `scores` [data sets][k methods]: two methods and one data set at
/// least.
FriedmanTest friedman_test(const std::vector<std::vector<double>>& scores, bool higher_is_better);

/// Nemenyi's critical difference at 0.05: mean ranks of k methods over n data sets that lie further
/// apart differ. k >= 2, n >= 1.
double critical_difference(std::size_t methods, std::size_t data_sets);

/// Runs of neighbours in the order of mean ranks, as indices from the first to the last, in which
/// no two differ by the critical difference; runs of one, and those inside a longer one, are left
/// out. `sorted`: mean ranks, ascending.
std::vector<std::pair<std::size_t, std::size_t>> alike_groups(const std::vector<double>& sorted,
                                                              double critical_difference);

}  // namespace rankwise::analysis
