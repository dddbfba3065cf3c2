#include "analysis/runs/chosen_labels.h"

#include "framework/core/error.h"
#include "framework/core/nearest.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace rankwise::analysis {

RunSet choose_labels(const RunSet& runs, const std::vector<std::string>& labels) {
  if (labels.empty()) return runs;
  RunSet chosen = runs;
  chosen.groups.clear();
  for (const std::string& label : labels) {
    const auto meant = same_name(label, runs.labels());
    check(meant.has_value(), "unknown label '{}'{}; the labels are {}", label,
          did_you_mean(label, runs.labels()), fmt::join(runs.labels(), "; "));
    chosen.groups.push_back(
        *std::find_if(runs.groups.begin(), runs.groups.end(),
                      [&](const RunGroup& group) { return group.label == *meant; }));
  }
  return chosen;
}

std::vector<std::string> split_labels(const std::string& text,
                                      const std::vector<std::string>& known) {
  if (same_name(text, known)) return {text};
  std::vector<std::string> labels(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      labels.emplace_back();
    } else if (c != ' ' || !labels.back().empty()) {
      labels.back() += c;
    }
  }
  check(!quoted, "--labels {}: a quote is not closed", text);
  return labels;
}

bool several_seeds(const RunSet& runs) {
  return std::any_of(runs.groups.begin(), runs.groups.end(),
                     [](const RunGroup& group) { return group.runs.size() > 1; });
}

}  // namespace rankwise::analysis
