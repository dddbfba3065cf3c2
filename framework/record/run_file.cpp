#include "framework/record/run_file.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace rankwise {

std::filesystem::path partial_path(const std::filesystem::path& run_file) {
  std::filesystem::path partial = run_file;
  partial += ".partial";
  return partial;
}

std::filesystem::path failed_path(const std::filesystem::path& run_file) {
  std::filesystem::path failed = run_file;
  return failed.replace_extension(".failed.h5");
}

double entropy(std::span<const std::uint64_t> counts) {
  const auto total =
      static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  if (total == 0) return std::numeric_limits<double>::quiet_NaN();
  double nats = 0;
  for (const std::uint64_t count : counts) {
    const double share = static_cast<double>(count) / total;
    if (count > 0) nats -= share * std::log(share);
  }
  return nats;
}

std::vector<double> row_entropies(std::span<const std::uint64_t> counts, std::int64_t ranks) {
  std::vector<double> entropies;
  const auto width = static_cast<std::size_t>(ranks);
  for (std::size_t first = 0; first < counts.size(); first += width) {
    entropies.push_back(entropy(counts.subspan(first, width)));
  }
  return entropies;
}

}  // namespace rankwise
