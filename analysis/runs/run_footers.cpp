#include "analysis/runs/run_footers.h"

#include "analysis/runs/run_source.h"
#include "framework/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace rankwise::analysis {
namespace {

/// The protocol that the others are held against.
const std::string& first_protocol(const RunSet& set) {
  return set.groups.front().runs.front().protocol_hash;
}

/// "cola matthews × 100; sst2 and mnli accuracy × 100"
std::string metrics_footer(const std::vector<TaskColumn>& columns) {
  std::vector<std::string> metrics;  // in the order of the tasks
  std::map<std::string, std::vector<std::string>> tasks;
  for (const TaskColumn& column : columns) {
    const std::string metric =
        column.metric + (column.higher_is_better ? " × 100" : " (lower is better)");
    if (tasks[metric].empty()) metrics.push_back(metric);
    tasks[metric].push_back(column.task);
  }
  std::vector<std::string> parts;
  parts.reserve(metrics.size());
  for (const std::string& metric : metrics) {
    parts.push_back(fmt::format("{} {}", fmt::join(tasks[metric], ", "), metric));
  }
  const char* average =
      has_average(columns) ? "" : " No average: some measures rise and some fall.";
  return fmt::format("Metrics: {}.{}", fmt::join(parts, "; "), average);
}

}  // namespace

std::string short_hash(const std::string& hash) { return hash.substr(0, 12); }

void check_one_protocol(const std::vector<const Run*>& runs) {
  for (const Run* run : runs) {
    const Run& first = *runs.front();
    check(run->protocol_hash == first.protocol_hash,
          "'{}' was measured under protocol {} but '{}' under {}: their scores cannot share a "
          "column; name the runs of one protocol, or mark them with {} (--mixed of `table` and "
          "`measures`)",
          first.label, short_hash(first.protocol_hash), run->label, short_hash(run->protocol_hash),
          kDagger);
  }
}

void check_one_protocol(const RunSet& set) {
  std::vector<const Run*> runs;
  for (const RunGroup& group : set.groups) {
    for (const Run& run : group.runs) runs.push_back(&run);
  }
  check_one_protocol(runs);
}

void mark_other_protocol(const RunSet& set, const RunGroup& group, std::vector<Cell>& cells) {
  const bool other = std::any_of(group.runs.begin(), group.runs.end(), [&](const Run& run) {
    return run.protocol_hash != first_protocol(set);
  });
  if (!other) return;
  for (Cell& marked : cells) marked.text += kDagger;
}

std::string seeds_text(const RunGroup& group) {
  std::vector<std::int64_t> seeds;
  seeds.reserve(group.runs.size());
  for (const Run& run : group.runs) seeds.push_back(run.seed);
  return fmt::format("{} ({})", group.runs.size(), seeds_in_words(std::move(seeds)));
}

std::string seeds_footer(const RunSet& set) {
  std::map<std::string, std::size_t> uses;
  bool spread = false;
  for (const RunGroup& group : set.groups) {
    ++uses[seeds_text(group)];
    spread = spread || group.runs.size() > 1;
  }
  const auto usual = std::max_element(uses.begin(), uses.end(), [](const auto& a, const auto& b) {
                       return a.second < b.second;
                     })->first;
  std::string text = "Seeds: " + usual;
  for (const RunGroup& group : set.groups) {
    if (seeds_text(group) != usual) text += fmt::format("; {}: {}", group.label, seeds_text(group));
  }
  return text + (spread ? ". Cells are mean ± sample standard deviation; one seed has none."
                        : ", so that no spread is known.");
}

std::string values_of(const RunSet& set, const std::string& attribute) {
  std::set<std::string> values;
  for (const RunGroup& group : set.groups) {
    for (const Run& run : group.runs) {
      const std::string value = run.text(attribute);
      values.insert(value.empty() ? "not recorded" : value);
    }
  }
  return fmt::format("{}", fmt::join(values, ", "));
}

std::vector<std::string> scores_footers(const RunSet& set, const std::vector<TaskColumn>& tasks,
                                        const ScoreChoice& choice) {
  const std::string rule = choice.parameters == "best"
                               ? fmt::format("best ({})", values_of(set, "best_rule"))
                               : "of the last step";
  return {metrics_footer(tasks), fmt::format("Split: {}; parameters: {}.", choice.split, rule),
          setting_footer(set)};
}

std::string setting_footer(const RunSet& set) {
  return fmt::format("Backbone: {}; suite: {}; steps: {}.", values_of(set, "backbone"),
                     values_of(set, "suite"), values_of(set, "steps"));
}

std::vector<std::string> scale_footers(const RunSet& set) {
  std::set<std::string> notes;
  for (const RunGroup& group : set.groups) {
    for (const Run& run : group.runs) notes.insert(run.text("scale_note"));
  }
  notes.erase("");
  return {notes.begin(), notes.end()};
}

std::vector<std::string> protocol_footers(const RunSet& set) {
  const std::string& reference = first_protocol(set);
  std::set<std::string> others;
  for (const RunGroup& group : set.groups) {
    for (const Run& run : group.runs) {
      if (run.protocol_hash != reference) others.insert(short_hash(run.protocol_hash));
    }
  }
  std::vector<std::string> lines = {fmt::format("Protocol: {}.", short_hash(reference))};
  if (!others.empty()) {
    lines.push_back(fmt::format("{} protocol {}: not comparable with the rows without the mark.",
                                kDagger, fmt::join(others, ", ")));
  }
  for (std::string& note : scale_footers(set)) lines.push_back(std::move(note));
  return lines;
}

std::vector<std::string> stale_footers(const RunSet& set) {
  std::map<std::string, std::vector<std::string>> labels;  // by reason
  for (const RunGroup& group : set.groups) {
    std::set<std::string> reasons;
    for (const Run& run : group.runs) reasons.insert(run.text("stale"));
    reasons.erase("");
    for (const std::string& reason : reasons) labels[reason].push_back(group.label);
  }
  std::vector<std::string> lines;
  lines.reserve(labels.size());
  for (const auto& [reason, stale] : labels) {
    lines.push_back(fmt::format("Stale: {}: {}; to be run again.", fmt::join(stale, ", "), reason));
  }
  return lines;
}

std::vector<std::string> row_footers(const RunSet& set) {
  std::vector<std::string> lines;
  for (const RunGroup& group : set.groups) {
    const auto note = set.row_notes.find(group.label);
    if (note != set.row_notes.end()) {
      lines.push_back(fmt::format("Row {}: {}.", note->first, note->second));
    }
  }
  for (const Run& run : set.failed) {
    lines.push_back(fmt::format("Failed: {}, seed {}: {}", run.label, run.seed, run.error));
  }
  for (const Run& run : set.running) {
    lines.push_back(fmt::format("Not finished: {}, seed {}.", run.label, run.seed));
  }
  for (auto& line : stale_footers(set)) lines.push_back(std::move(line));
  return lines;
}

}  // namespace rankwise::analysis
