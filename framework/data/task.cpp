#include "framework/data/task.h"

#include "framework/core/error.h"
#include "framework/core/metrics.h"
#include "framework/core/nearest.h"
#include "framework/core/text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
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
  if (is_text(task.kind)) return;  // what its texts may say, for metrics of classes
  check(labels == 0 || labels == task.classes, "task '{}' has {} labels for {} classes", task.name,
        labels, task.classes);
}

// A candidate's number is its place among the others, no class to average over.
bool fits(const std::string& metric, const Task& task) {
  const Targets targets = metrics().find(metric).targets;
  const bool generates = task.kind == TaskKind::kGenerate && targets == Targets::kGenerated;
  if (is_text(task.kind)) return targets == Targets::kTexts || generates;
  if (task.answered_by == AnsweredBy::kLikelihood) {
    const bool of_classes = task.kind == TaskKind::kClassify && metric != "accuracy";
    return targets == Targets::kCandidates || (of_classes && targets == Targets::kClasses);
  }
  if (task.kind == TaskKind::kChoose) return metric == "accuracy";
  return targets == (task.kind == TaskKind::kRegress ? Targets::kValues : Targets::kClasses);
}

std::vector<std::string> metrics_for(const Task& task) {
  std::vector<std::string> names = metrics().names();
  std::erase_if(names, [&](const auto& name) { return !fits(name, task); });
  return names;
}

void check_metrics(const Task& task) {
  check(!task.metrics.empty(), "task '{}' names no metric", task.name);
  std::set<std::string> seen;
  for (const std::string& metric : task.metrics) {
    check(seen.insert(metric).second, "task '{}' names metric '{}' twice", task.name, metric);
    static_cast<void>(metrics().find(metric));  // says which there are
    check(
        fits(metric, task),
        "task '{}' is of kind {}, answered by {}, which metric '{}' cannot score; its metrics are "
        "{}",
        task.name, to_string(task.kind), to_string(task.answered_by), metric,
        fmt::join(metrics_for(task), ", "));
  }
}

constexpr std::array<std::string_view, 5> kKinds{"classify", "regress", "choose", "generate",
                                                 "language_model"};

}  // namespace

std::string_view to_string(TaskKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

TaskKind task_kind(std::string_view name) {
  const auto found = std::find(kKinds.begin(), kKinds.end(), name);
  check(found != kKinds.end(), "unknown task kind '{}'; the kinds are {}", name,
        fmt::join(kKinds, ", "));
  return static_cast<TaskKind>(found - kKinds.begin());
}

std::string_view to_string(AnsweredBy part) {
  return part == AnsweredBy::kHead ? "head" : "likelihood";
}

AnsweredBy answered_by(std::string_view name) {
  check(name == "head" || name == "likelihood",
        "'{}' answers no task; what does is head, likelihood", name);
  return name == "head" ? AnsweredBy::kHead : AnsweredBy::kLikelihood;
}

bool is_text(TaskKind kind) {
  return kind == TaskKind::kGenerate || kind == TaskKind::kLanguageModel;
}

void check_tasks_asked_for(const std::vector<std::string>& names,
                           const std::vector<std::string>& known, const std::string& suite) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    check(std::find(known.begin(), known.end(), name) != known.end(),
          "unknown task '{}'{}; the tasks of {} are {}", name, did_you_mean(name, known), suite,
          fmt::join(known, ", "));
    check(seen.insert(name).second, "data.tasks: '{}' is there twice; name each task once", name);
  }
}

void check_task(const Task& task) {
  check_name(task.name);
  check_text("family", task.family);
  const std::int64_t least = task.kind == TaskKind::kClassify ? 2 : 1;
  check(task.classes >= least, "task '{}' of kind {} has {} classes, expected at least {}",
        task.name, to_string(task.kind), task.classes, least);
  const bool by_head = task.answered_by == AnsweredBy::kHead;
  check(by_head ? !is_text(task.kind) : task.kind != TaskKind::kRegress,
        "task '{}' of kind {} is answered by {}, expected {}", task.name, to_string(task.kind),
        to_string(task.answered_by),
        to_string(by_head ? AnsweredBy::kLikelihood : AnsweredBy::kHead));
  check_labels(task);
  check_metrics(task);
}

}  // namespace rankwise
