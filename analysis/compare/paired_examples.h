/// Two runs' predictions of the same examples, to be scored on any draw of them.
#pragma once

#include "framework/core/seed.h"
#include "framework/record/run_file.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {

/// True where the recorded score is the share of examples whose prediction is the label.
bool is_share_right(const PredictionRecord& record, const std::string& metric);

/// The difference of a metric between two runs, on the examples that an index list names.
class PairedExamples {
 public:
  /// Nothing where the two did not predict the same labels, or the metric is not known. The metric
  /// is computed again from the predictions; a relative error keeps the recorded ratio of the
  /// whole split, for the unadapted model's outputs are not in the run file.
  static std::optional<PairedExamples> match(const PredictionRecord& a, const PredictionRecord& b,
                                             const std::string& metric);

  std::size_t size() const { return size_; }
  /// Score of a minus score of b on these examples, each below size(); an example may come twice.
  double difference(const std::vector<std::uint32_t>& drawn) const { return difference_(drawn); }

 private:
  using Difference = std::function<double(const std::vector<std::uint32_t>&)>;
  PairedExamples(std::size_t size, Difference difference)
      : size_(size), difference_(std::move(difference)) {}

  std::size_t size_;
  Difference difference_;
};

enum class Resampled {
  kExamples,         // these models, other examples
  kSeedsAndExamples  // other seeds as well
};

struct BootstrapDifference {
  double low = 0, high = 0;  // percentile interval, 95 %
  double p = 1;              // two-sided
};

/// Bootstrap of the mean difference over tasks and seeds; `pairs` [T][S], not empty. Examples are
/// drawn task by task, the same ones for every seed: seeds that share their examples keep what
/// these have in common, and for seeds that do not it makes no difference. Of S > 1 seeds S - 1 are
/// drawn, which makes the variance of few seeds unbiased (Rao and Wu, 1988).
BootstrapDifference paired_bootstrap(const std::vector<std::vector<PairedExamples>>& pairs,
                                     Resampled resampled, const Seed& seed, std::size_t resamples);

}  // namespace rankwise::analysis
