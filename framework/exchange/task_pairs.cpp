#include "framework/exchange/task_pairs.h"

#include "framework/core/error.h"
#include "framework/exchange/site_probe.h"

#include <torch/types.h>

namespace rankwise {

namespace {

using torch::Tensor;

Tensor weights_at(const Adapter::Attached& attached, std::int64_t tasks) {
  const auto weights = task_weights(attached, tasks);
  check(weights.has_value(),
        "{}: its update is no low-rank pair, and PEFT has no form for it; a whole checkpoint may "
        "hold it (--format merged)",
        attached.site.name);
  return *weights;
}

// Weights that are all alike go into alpha and leave B's numbers as they are.
TaskPair pair_of(const Adapter::Attached& attached, const Tensor& weight) {
  const Factors factors = *attached.update->factors();
  const Tensor on = weight.nonzero().squeeze(1);
  const auto ranks = static_cast<double>(on.size(0));
  TaskPair pair{attached.site.name, factors.a.index_select(0, on), factors.b.index_select(1, on),
                factors.scale * ranks};
  if (on.size(0) == 0) return pair;
  const Tensor chosen = weight.index_select(0, on);
  if (torch::equal(chosen, chosen[0].expand_as(chosen))) {
    pair.alpha *= chosen[0].item<double>();
  } else {
    pair.b = pair.b * chosen;
  }
  return pair;
}

void check_pair(const Adapter::Attached& attached, const TaskPair& pair, const TaskOf& which) {
  const Tensor x = probe_rows(attached, 4, pair.a.options());
  const Tensor zero = torch::zeros({attached.site.out, attached.site.in}, pair.a.options());
  const Tensor found = pass_through(attached, x, {zero, {}}, which);
  const double scale = pair.alpha / static_cast<double>(std::max<std::int64_t>(1, pair.a.size(0)));
  constexpr double kTolerance = 1e-4;  // of sums of some thousand terms in single precision
  check_alike(found, scale * x.mm(pair.a.t()).mm(pair.b.t()), kTolerance,
              fmt::format("{}: its update computes more than a low-rank pair, and PEFT has no form "
                          "for it; a whole checkpoint may hold it (--format merged)",
                          attached.site.name));
}

}  // namespace

std::vector<TaskPair> task_pairs(Model& model, std::int64_t task, std::int64_t tasks) {
  const torch::NoGradGuard no_grad;
  std::vector<TaskPair> pairs;
  for (const Adapter::Attached& attached : model.adapter().attached()) {
    TaskPair pair = pair_of(attached, weights_at(attached, tasks)[task]);
    check_pair(attached, pair, {task, tasks});
    if (pair.a.size(0) > 0) pairs.push_back(std::move(pair));
  }
  return pairs;
}

bool tasks_are_alike(Model& model, std::int64_t tasks) {
  for (const Adapter::Attached& attached : model.adapter().attached()) {
    static_cast<void>(task_weights(attached, tasks));
    const Tensor any = attached.update->parameters().front();
    const Tensor x = probe_rows(attached, 2, any.options());
    const Tensor zero = torch::zeros({attached.site.out, attached.site.in}, any.options());
    const Tensor first = pass_through(attached, x, {zero, {}}, {0, tasks});
    for (std::int64_t task = 1; task < tasks; ++task) {
      if (!torch::equal(first, pass_through(attached, x, {zero, {}}, {task, tasks}))) return false;
    }
  }
  return true;
}

}  // namespace rankwise
