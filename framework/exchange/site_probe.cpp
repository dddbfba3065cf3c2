#include "framework/exchange/site_probe.h"

#include "framework/adapter/random_tensor.h"
#include "framework/core/error.h"

#include <torch/types.h>

namespace rankwise {

namespace {

using torch::Tensor;

// n rows of one task, each a sequence.
Batch rows_of(const TaskOf& which, std::int64_t rows, const torch::TensorOptions& options) {
  const std::vector<std::int32_t> tasks(static_cast<std::size_t>(rows),
                                        static_cast<std::int32_t>(which.task));
  return rows_of_tasks(tasks, which.tasks, options);
}

}  // namespace

Tensor probe_rows(const Adapter::Attached& attached, std::int64_t rows,
                  const torch::TensorOptions& options) {
  return normal_tensor({rows, attached.site.in}, 1, Seed(1), options);
}

Tensor pass_through(const Adapter::Attached& attached, const Tensor& x, const FrozenLinear& frozen,
                    const TaskOf& which) {
  const torch::NoGradGuard no_grad;
  const Batch batch = rows_of(which, x.size(0), x.options());
  return attached.update->forward(x, frozen, {.batch = batch, .count_usage = false});
}

std::optional<Tensor> task_weights(const Adapter::Attached& attached, std::int64_t tasks) {
  const torch::NoGradGuard no_grad;
  Gate* gate = attached.update->gate();
  const auto factors = attached.update->factors();
  if (gate == nullptr || !factors) return std::nullopt;
  check(!gate->chooses_per_row(),
        "{}: which ranks are on differs from token to token, and no other program routes tokens "
        "so; score it here (rankwise evaluate)",
        attached.site.name);
  const Tensor x = probe_rows(attached, 1, factors->a.options());
  const Batch batch = rows_of({0, tasks}, 1, x.options());
  const Pass pass{.batch = batch, .count_usage = false};
  const Choice choice = gate->forward({x, x, pass, x.mm(factors->a.t())}).choice;
  if (choice.kind() == Choice::Kind::kAll) return torch::ones({tasks, choice.ranks()}, x.options());
  return choice.weight() * choice.chosen().to(x.dtype());
}

void check_alike(const Tensor& found, const Tensor& expected, double tolerance,
                 const std::string& fault) {
  const double scale = expected.abs().max().item<double>();
  const double error = (found - expected).abs().max().item<double>();
  check(error <= tolerance * scale, "{}", fault);
}

}  // namespace rankwise
