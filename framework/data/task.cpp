#include "framework/data/task.h"

#include "framework/core/error.h"

namespace rankwise {

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

}  // namespace rankwise
