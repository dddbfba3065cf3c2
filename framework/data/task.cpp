#include "framework/data/task.h"

#include "framework/core/error.h"
#include "framework/core/metrics.h"
#include "framework/core/text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace rankwise {

namespace {

void check_text(const char* what, const std::string& text) {
  check(is_utf8(text), "{} '{}' is not UTF-8", what, printable(text));
  check(!has_control(text), "{} '{}' has a control or invisible character; take it out", what,
        printable(text));
}

// The name becomes part of paths in run files and of a parameter's name.
void check_name(const std::string& name) {
  check_text("task", name);
  constexpr std::size_t kLongest = 100;
  check(!name.empty() && name.size() <= kLongest, "task '{}': a name has 1 to {} bytes", name,
        kLongest);
  check(name.find_first_of("./") == std::string::npos, "task '{}': a name has no dot and no slash",
        name);
  check(name != "score" && name != "step", "task '{}': run files use that name themselves", name);
}

void check_labels(const Task& task) {
  std::set<std::string> seen;
  for (const std::string& label : task.labels) {
    check_text("label", label);
    check(seen.insert(label).second, "task '{}' has label '{}' twice", task.name, label);
  }
  const auto labels = static_cast<std::int64_t>(task.labels.size());
  check(labels == 0 || labels == task.classes, "task '{}' has {} labels for {} classes", task.name,
        labels, task.classes);
}

// A candidate's number is its place among the others, no class to average over.
bool fits(const std::string& metric, TaskKind kind) {
  if (kind == TaskKind::kChoose) return metric == "accuracy";
  const auto compared = kind == TaskKind::kRegress ? Targets::kValues : Targets::kClasses;
  return metrics().find(metric).targets == compared;
}

std::vector<std::string> metrics_for(TaskKind kind) {
  std::vector<std::string> names = metrics().names();
  std::erase_if(names, [&](const auto& name) { return !fits(name, kind); });
  return names;
}

void check_metrics(const Task& task) {
  check(!task.metrics.empty(), "task '{}' names no metric", task.name);
  std::set<std::string> seen;
  for (const std::string& metric : task.metrics) {
    check(seen.insert(metric).second, "task '{}' names metric '{}' twice", task.name, metric);
    static_cast<void>(metrics().find(metric));  // says which there are
    check(fits(metric, task.kind),
          "task '{}' is of kind {}, which metric '{}' cannot score; its metrics are {}", task.name,
          to_string(task.kind), metric, fmt::join(metrics_for(task.kind), ", "));
  }
}

}  // namespace

std::string_view to_string(TaskKind kind) {
  switch (kind) {
    case TaskKind::kClassify:
      return "classify";
    case TaskKind::kRegress:
      return "regress";
    case TaskKind::kChoose:
      return "choose";
  }
  fail("a task kind without a name");
}

TaskKind task_kind(std::string_view name) {
  for (const TaskKind kind : {TaskKind::kClassify, TaskKind::kRegress, TaskKind::kChoose}) {
    if (to_string(kind) == name) return kind;
  }
  fail("unknown task kind '{}'; the kinds are classify, regress, choose", name);
}

void check_tasks_asked_for(const std::vector<std::string>& names,
                           const std::vector<std::string>& known, const std::string& suite) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    check(std::find(known.begin(), known.end(), name) != known.end(),
          "unknown task '{}'; the tasks of {} are {}", name, suite, fmt::join(known, ", "));
    check(seen.insert(name).second, "data.tasks: '{}' is there twice; name each task once", name);
  }
}

void check_task(const Task& task) {
  check_name(task.name);
  check_text("family", task.family);
  const std::int64_t least = task.kind == TaskKind::kClassify ? 2 : 1;
  check(task.classes >= least, "task '{}' of kind {} has {} classes, expected at least {}",
        task.name, to_string(task.kind), task.classes, least);
  check_labels(task);
  check_metrics(task);
}

}  // namespace rankwise
