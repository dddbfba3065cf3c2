#include "analysis/runs/run_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace rankwise::analysis {
namespace {

using Runs = std::vector<const Run*>;

/// Every value of an attribute, in the order of the runs.
std::string values_of(const Runs& runs, const std::string& attribute) {
  std::vector<std::string> values;
  for (const Run* run : runs) {
    const std::string value = run->text(attribute);
    if (value.empty() || std::find(values.begin(), values.end(), value) != values.end()) continue;
    values.push_back(value);
  }
  return fmt::to_string(fmt::join(values, ", "));
}

std::string source_text(const Runs& runs) {
  std::vector<std::string> parts = {values_of(runs, "study"), values_of(runs, "backbone"),
                                    values_of(runs, "suite")};
  if (!parts[2].empty()) parts[2] = "suite " + parts[2];
  std::vector<std::int64_t> seeds;
  for (const Run* run : runs) seeds.push_back(run->seed);
  const bool several = std::set<std::int64_t>(seeds.begin(), seeds.end()).size() > 1;
  parts.push_back((several ? "seeds " : "seed ") + seeds_in_words(std::move(seeds)));
  std::erase(parts, "");
  return fmt::to_string(fmt::join(parts, " · "));
}

}  // namespace

std::string seeds_in_words(std::vector<std::int64_t> seeds) {
  std::sort(seeds.begin(), seeds.end());
  seeds.erase(std::unique(seeds.begin(), seeds.end()), seeds.end());
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < seeds.size();) {
    std::size_t last = i;
    while (last + 1 < seeds.size() && seeds[last + 1] == seeds[last] + 1) ++last;
    if (last < i + 2) last = i;
    texts.push_back(last > i ? fmt::format("{}–{}", seeds[i], seeds[last])
                             : fmt::to_string(seeds[i]));
    i = last + 1;
  }
  return fmt::to_string(fmt::join(texts, ", "));
}

std::string source_of(const RunSet& runs) {
  Runs all;
  for (const RunGroup& group : runs.groups) {
    for (const Run& run : group.runs) all.push_back(&run);
  }
  return source_text(all);
}

std::string source_of(const RunGroup& group) {
  Runs all;
  for (const Run& run : group.runs) all.push_back(&run);
  return source_text(all);
}

std::string source_of(const Run& run) { return source_text({&run}); }

std::string source_of_first(const RunSet& runs) {
  Runs first;
  for (const RunGroup& group : runs.groups) first.push_back(&group.runs.front());
  return source_text(first);
}

}  // namespace rankwise::analysis
