#include "analysis/tables/measures.h"

#include "analysis/measures/gate_entropy.h"
#include "analysis/measures/planted_measures.h"
#include "analysis/measures/rank_recovery.h"
#include "analysis/runs/run_footers.h"
#include "analysis/tables/table_kind.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace rankwise::analysis {
namespace {

/// One group's runs, measured.
using GroupValues = std::vector<MeasureValues>;

std::vector<GroupValues> measure_groups(const RunSet& set) {
  std::vector<GroupValues> groups;
  for (const RunGroup& group : set.groups) {
    GroupValues& values = groups.emplace_back();
    for (const Run& run : group.runs) values.push_back(measure_run(run.file()));
  }
  return groups;
}

std::vector<double> values_of(const GroupValues& runs, const std::string& measure) {
  std::vector<double> values;
  for (const MeasureValues& run : runs) {
    const auto found = run.find(measure);
    if (found != run.end()) values.push_back(found->second);
  }
  return values;
}

/// Whether at least half of a row's seeds have the measure: a mean over fewer is of those seeds
/// alone.
bool is_of_row(const std::vector<double>& values, std::size_t seeds) {
  return !values.empty() && 2 * values.size() >= seeds;
}

/// The measures that were asked for and that some row has.
std::vector<Measure> columns_of(const std::vector<GroupValues>& groups,
                                const std::vector<std::string>& names) {
  for (const std::string& name : names) find_measure(name);
  std::vector<Measure> columns;
  for (const Measure& measure : planted_measures()) {
    const bool asked =
        names.empty() || std::find(names.begin(), names.end(), measure.name) != names.end();
    const bool exists = std::any_of(groups.begin(), groups.end(), [&](const GroupValues& runs) {
      return is_of_row(values_of(runs, measure.name), runs.size());
    });
    if (asked && exists) columns.push_back(measure);
  }
  check(!columns.empty(),
        "no run has any of the measures; they need runs on a suite that knows its truth, or ones "
        "that record relative errors or which ranks were used");
  return columns;
}

/// The mean over the seeds that have a value, and their number where some have none.
Cell seed_cell(const std::vector<double>& values, std::size_t seeds, int digits) {
  if (!is_of_row(values, seeds)) return {"–", {}};
  Cell cell = mean_cell(mean_std(values), digits);
  if (values.size() < seeds) cell.text += fmt::format(" ({})", values.size());
  return cell;
}

Table empty_table(const RunSet& set) {
  Table table;
  table.header = {"method", "seeds"};
  for (const RunGroup& group : set.groups) {
    table.rows.push_back({{group.label, {}}, {fmt::to_string(group.runs.size()), {}}});
  }
  return table;
}

void add_setting(const RunSet& set, Table& table) {
  table.footers.push_back(
      seeds_footer(set) +
      " A number in brackets: of seeds, where not all have the measure; a dash: fewer "
      "than half of the row's seeds have it.");
  table.footers.push_back(setting_footer(set));
  table.add_footers(protocol_footers(set));
  table.add_footers(row_footers(set));
}

/// Mean chosen rank by step of evaluation.
std::map<std::int64_t, double> mean_ranks(const Run& run) {
  std::map<std::int64_t, double> means;
  const auto ranks = read_chosen_ranks(run.file());
  if (!ranks) return means;
  const std::vector<double> curve = rank_choice(*ranks).curve;
  for (std::size_t e = 0; e < curve.size(); ++e) means[ranks->steps[e]] = curve[e];
  return means;
}

/// The labels of which some run chose ranks.
RunSet choosing(const RunSet& set) {
  RunSet chosen = set;
  std::erase_if(chosen.groups, [](const RunGroup& group) {
    return std::all_of(group.runs.begin(), group.runs.end(),
                       [](const Run& run) { return mean_ranks(run).empty(); });
  });
  check(!chosen.groups.empty(), "no run chose ranks: there is no mean rank to print");
  return chosen;
}

/// How sure the selectors were at the end, where they give probabilities.
void add_gates(const RunSet& set, Table& table) {
  std::vector<std::optional<GateEntropy>> gates;
  for (const RunGroup& group : set.groups) gates.push_back(gate_entropy(group));
  if (std::none_of(gates.begin(), gates.end(), [](const auto& gate) { return gate.has_value(); })) {
    return;
  }
  table.header.insert(table.header.end(), {"gate entropy", "p(chosen)"});
  for (std::size_t i = 0; i < gates.size(); ++i) {
    const auto& gate = gates[i];
    table.rows[i].push_back({gate ? fmt::format("{:.2f}", gate->entropy) : "–", {}});
    table.rows[i].push_back({gate ? fmt::format("{:.2f}", gate->probability) : "–", {}});
  }
  table.footers.emplace_back(
      "Gate entropy: in the last evaluation, over that of a gate with equal probabilities; near 1 "
      "an argmax is no decision. p(chosen): the chosen rank's probability.");
}

}  // namespace

Table measures_table(const RunSet& set, const MeasuresOptions& options) {
  if (!options.allow_mixed) check_one_protocol(set);
  const std::vector<GroupValues> groups = measure_groups(set);
  Table table = empty_table(set);
  for (const Measure& column : columns_of(groups, options.measures)) {
    table.header.push_back(column.heading);
    for (std::size_t i = 0; i < groups.size(); ++i) {
      table.rows[i].push_back(
          seed_cell(values_of(groups[i], column.name), groups[i].size(), column.digits));
    }
    table.footers.push_back(
        fmt::format("{} (`{}`): {}.", column.heading, column.name, column.meaning));
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    mark_other_protocol(set, set.groups[i], table.rows[i]);
  }
  add_setting(set, table);
  return table;
}

Table mean_rank_table(const RunSet& all, const MeanRankOptions&) {
  const RunSet set = choosing(all);
  std::map<std::int64_t, std::vector<std::vector<double>>> by_step;  // [group][seed]
  for (std::size_t i = 0; i < set.groups.size(); ++i) {
    for (const Run& run : set.groups[i].runs) {
      for (const auto& [step, mean] : mean_ranks(run)) {
        auto& groups = by_step[step];
        groups.resize(set.groups.size());
        groups[i].push_back(mean);
      }
    }
  }
  Table table = empty_table(set);
  for (const auto& [step, groups] : by_step) {
    table.header.push_back(fmt::format("step {}", step));
    for (std::size_t i = 0; i < groups.size(); ++i) {
      table.rows[i].push_back(seed_cell(groups[i], set.groups[i].runs.size(), 2));
    }
  }
  add_gates(set, table);
  table.footers.emplace_back("Mean chosen rank over (site, task) at each evaluation.");
  add_setting(set, table);
  return table;
}

namespace {

const RegisterTable measures("measures", "recovery of what a suite planted", measures_table);
const RegisterTable mean_rank("mean_rank", "mean chosen rank over steps", mean_rank_table);

}  // namespace

}  // namespace rankwise::analysis
