#include "analysis/tables/merging.h"

#include "analysis/runs/run_footers.h"
#include "analysis/runs/run_scores.h"
#include "analysis/runs/task_scores.h"
#include "analysis/statistics/significance.h"
#include "analysis/tables/table_kind.h"
#include "framework/core/error.h"
#include "framework/record/run_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace rankwise::analysis {
namespace {

/// Over seeds, in the units of the table.
struct Scores {
  std::vector<double> before, after, cka;
};

struct TaskScores {
  TaskColumn column;
  Scores scores;
};

/// The tasks of a group's merged models; empty where none of its runs is merged.
std::vector<TaskScores> read_tasks(const RunGroup& group) {
  std::vector<TaskScores> tasks;
  for (const Run& run : group.runs) {
    const RunFile& file = run.file();
    const auto merge = file.merge();
    if (!merge) continue;
    if (tasks.empty()) {
      for (const TaskRecord& task : file.layout().tasks) {
        const std::string& metric = task.metrics.front();
        tasks.push_back({{task.name, metric, higher_is_better(metric)}, {}});
      }
    }
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      const double factor = tasks[t].column.factor();
      tasks[t].scores.before.push_back(factor * merge->before[t]);
      tasks[t].scores.after.push_back(factor * merge->after[t]);
      tasks[t].scores.cka.push_back(merge->cka[t]);
    }
  }
  return tasks;
}

std::vector<double> mean_over_tasks(const std::vector<TaskScores>& tasks,
                                    std::vector<double> Scores::*values) {
  std::vector<double> means((tasks.front().scores.*values).size(), 0);
  for (const TaskScores& task : tasks) {
    for (std::size_t i = 0; i < means.size(); ++i) {
      means[i] += (task.scores.*values)[i] / static_cast<double>(tasks.size());
    }
  }
  return means;
}

Scores average(const std::vector<TaskScores>& tasks) {
  return {mean_over_tasks(tasks, &Scores::before), mean_over_tasks(tasks, &Scores::after),
          mean_over_tasks(tasks, &Scores::cka)};
}

/// "-6.5 [-8.1, -4.9]": after less before, seed by seed.
Cell difference_cell(const Scores& scores, int digits) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < scores.before.size(); ++i) {
    differences.push_back(scores.after[i] - scores.before[i]);
  }
  Cell cell{fmt::format("{:+.{}f}", mean_std(differences).mean, digits), mean_std(differences)};
  if (const auto test = paired_t_test(differences)) {
    cell.text += fmt::format(" [{:+.{}f}, {:+.{}f}]", test->low, digits, test->high, digits);
  }
  return cell;
}

std::vector<Cell> row(const std::string& label, const TaskColumn& column, const Scores& scores) {
  const int digits = column.digits();
  return {{label, {}},
          {column.heading(), {}},
          mean_cell(mean_std(scores.before), digits),
          mean_cell(mean_std(scores.after), digits),
          difference_cell(scores, digits),
          mean_cell(mean_std(scores.cka), 2)};
}

}  // namespace

Table merging_table(const RunSet& runs, const MergingOptions& options) {
  if (!options.allow_mixed) check_one_protocol(runs);
  Table table;
  table.header = {"method", "task", "before", "after", "Δ", "CKA"};
  for (const RunGroup& group : runs.groups) {
    const std::vector<TaskScores> tasks = read_tasks(group);
    if (tasks.empty()) continue;
    const std::size_t first = table.rows.size();
    for (const TaskScores& task : tasks) {
      table.rows.push_back(row(group.label, task.column, task.scores));
    }
    TaskColumn mean = tasks.front().column;
    mean.task = "average";
    const bool one_direction = std::all_of(tasks.begin(), tasks.end(), [&](const TaskScores& task) {
      return task.column.higher_is_better == mean.higher_is_better;
    });
    if (one_direction) table.rows.push_back(row(group.label, mean, average(tasks)));
    for (std::size_t i = first; i < table.rows.size(); ++i) {
      mark_other_protocol(runs, group, table.rows[i]);
    }
  }
  check(!table.rows.empty(), "no run is of a merged model; rankwise merge makes them");
  table.footers = {
      "before: each task's own model; after: the one merged model; Δ: after less before, seed by "
      "seed, with its 95 % t-interval. First metric of each task on test with the last parameters, "
      "times 100 where higher is better. CKA: linear, of the two models' pooled vectors on test.",
      seeds_footer(runs), setting_footer(runs)};
  table.add_footers(protocol_footers(runs));
  table.add_footers(row_footers(runs));
  return table;
}

namespace {

const RegisterTable merging_registration("merging", "each task before and after merging",
                                         merging_table);

}  // namespace

}  // namespace rankwise::analysis
