#include "analysis/report/lint.h"

#include "framework/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <utility>

namespace rankwise::analysis {
namespace {

std::string text_of(Severity severity) { return severity == Severity::kError ? "error" : "remark"; }

/// The runs of a set by their study.
std::map<std::string, std::vector<const RunGroup*>> by_study(const RunSet& set) {
  std::map<std::string, std::vector<const RunGroup*>> studies;
  for (const RunGroup& group : set.groups) studies[group.runs.front().study].push_back(&group);
  return studies;
}

void check_protocols(const std::string& study, const std::vector<const RunGroup*>& groups,
                     LintReport& report) {
  std::map<std::string, std::set<std::string>> labels;  // by protocol
  for (const RunGroup* group : groups) {
    for (const Run& run : group->runs) {
      labels[run.protocol_hash.substr(0, 12)].insert(group->label);
    }
  }
  if (labels.size() < 2) return;
  std::vector<std::string> parts;
  parts.reserve(labels.size());
  for (const auto& [protocol, rows] : labels) {
    parts.push_back(fmt::format("{} ({})", protocol, fmt::join(rows, "; ")));
  }
  report.remark(study, fmt::format("its runs were measured under {} protocols: {}", labels.size(),
                                   fmt::join(parts, ", ")));
}

void check_seeds(const std::string& study, const std::vector<const RunGroup*>& groups,
                 LintReport& report) {
  std::set<std::int64_t> all;
  for (const RunGroup* group : groups) {
    for (const Run& run : group->runs) all.insert(run.seed);
  }
  for (const RunGroup* group : groups) {
    std::set<std::int64_t> missing = all;
    for (const Run& run : group->runs) missing.erase(run.seed);
    if (missing.empty()) continue;
    report.remark(fmt::format("{}: {}", study, group->label),
                  fmt::format("lacks seeds {} that others have", fmt::join(missing, ", ")));
  }
}

}  // namespace

bool LintReport::has_errors() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::kError; });
}

void LintReport::error(std::string where, std::string what) {
  findings.push_back({Severity::kError, std::move(where), std::move(what)});
}

void LintReport::remark(std::string where, std::string what) {
  findings.push_back({Severity::kRemark, std::move(where), std::move(what)});
}

void LintReport::add(LintReport other) {
  std::move(other.findings.begin(), other.findings.end(), std::back_inserter(findings));
  for (const auto& [what, count] : other.checked) checked[what] += count;
}

LintReport lint_runs(const RunSet& set) {
  LintReport report;
  for (const std::string& warning : set.warnings) {
    const auto colon = warning.find(": ");
    report.error(warning.substr(0, colon),
                 colon == std::string::npos ? "cannot be read" : warning.substr(colon + 2));
  }
  for (const std::string& skipped : set.skipped) {
    const auto colon = skipped.find(": ");
    report.remark(skipped.substr(0, colon), skipped.substr(colon + 2));
  }
  std::vector<RunGroup> sound_groups;
  for (const RunGroup& group : set.groups) {
    RunGroup sound{group.label, {}};
    for (const Run& run : group.runs) {
      try {
        report.add(lint_run(run.path));
        sound.runs.push_back(run);
      } catch (const Error& error) {  // damaged behind its attributes
        report.error(run.path.string(), first_line(error.what()));
      }
    }
    sound_groups.push_back(std::move(sound));
  }
  report.add(lint_scores(sound_groups));
  for (const auto& [study, groups] : by_study(set)) {
    check_protocols(study, groups, report);
    check_seeds(study, groups, report);
  }
  for (const Run& run : set.failed) {
    report.remark(fmt::format("{}: {}, seed {}", run.study, run.label, run.seed),
                  "failed: " + run.error);
  }
  for (const Run& run : set.running) {
    report.remark(fmt::format("{}: {}, seed {}", run.study, run.label, run.seed), "not finished");
  }
  return report;
}

Table lint_table(const LintReport& report) {
  Table table;
  table.header = {"severity", "where", "what"};
  for (const Severity severity : {Severity::kError, Severity::kRemark}) {
    for (const Finding& finding : report.findings) {
      if (finding.severity != severity) continue;
      table.rows.push_back({{text_of(severity), {}}, {finding.where, {}}, {finding.what, {}}});
    }
  }
  std::vector<std::string> parts;
  parts.reserve(report.checked.size());
  for (const auto& [what, count] : report.checked)
    parts.push_back(fmt::format("{} {}", count, what));
  table.footers.push_back(fmt::format("Checked: {}.", fmt::join(parts, ", ")));
  return table;
}

std::string lint_lines(const LintReport& report) {
  const Table table = lint_table(report);
  std::string text;
  for (const auto& row : table.rows) {
    text += fmt::format("{}: {}: {}\n", row[0].text, row[1].text, row[2].text);
  }
  for (const std::string& footer : table.footers) text += footer + "\n";
  return text;
}

}  // namespace rankwise::analysis
