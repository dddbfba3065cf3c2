#include "framework/merge/merge_source.h"

#include "framework/adapter/random_tensor.h"
#include "framework/model/load_weights.h"
#include "framework/ops/precision.h"
#include "framework/record/run_reader.h"
#include "framework/run/parameter_files.h"

#include <torch/types.h>

namespace rankwise {

namespace {

using torch::Tensor;

// Random rows of a site's input, of the source's first task.
struct Probe {
  Probe(const Adapter::Attached& attached, std::int64_t rows)
      : weight(attached.site.weight.to(computed_in(attached.site.weight))),
        x(normal_tensor({rows, attached.site.in}, 1, Seed(1), weight.options())),
        batch(rows_of_tasks(std::vector<std::int32_t>(static_cast<std::size_t>(rows), 0), 1,
                            x.options())) {}
  Pass pass() const { return {.batch = batch, .count_usage = false}; }

  Tensor weight, x;
  Batch batch;
};

void check_matrix(const Adapter::Attached& attached, const Tensor& matrix, const Probe& probe) {
  const FrozenLinear frozen{probe.weight, {}};
  const Tensor found = attached.update->forward(probe.x, frozen, probe.pass());
  const Tensor expected = probe.x.mm((probe.weight + matrix).t());
  const double scale = expected.abs().max().item<double>();
  const double error = (found - expected).abs().max().item<double>();
  check(error <= 1e-4 * scale,
        "{}: its update is no matrix B diag(g) A, which this merge needs; rules that take any "
        "update are factors and outputs",
        attached.site.name);
}

}  // namespace

MergeSource load_source(const std::filesystem::path& run_file, const Paths& paths,
                        const std::string& device) {
  const RunFile file(run_file);
  check(file.status() == "finished", "{}: is {}, and only finished runs can be merged",
        run_file.string(), file.status());
  const auto parameters = last_parameters_path(run_file);
  check(std::filesystem::exists(parameters),
        "{}: does not exist; merging needs runs with \"record\": {{\"parameters\": \"last\"}}",
        parameters.string());
  MergeSource source{run_file, file.attributes(), {}, paths, device, {}};
  source.config = resolve_run(source.attributes.at("config"), run_file.string());
  source.setup = source.fresh();
  const torch::NoGradGuard no_grad;
  load_tensors(source.model().state(), parameters);
  return source;
}

Tensor update_matrix(const Adapter::Attached& attached) {
  const torch::NoGradGuard no_grad;
  const auto factors = attached.update->factors();
  Gate* gate = attached.update->gate();
  check(factors && gate != nullptr,
        "{}: has no low-rank pair to merge; rules that take any update are factors and outputs",
        attached.site.name);
  const Probe probe(attached, 4);
  const Tensor z = down(probe.x, factors->a);
  const Pass pass = probe.pass();
  const Choice choice = gate->forward({probe.x, probe.x, pass, z}).choice;
  Tensor b = factors->b;
  if (choice.kind() == Choice::Kind::kPerTask) {
    const Tensor& weight = choice.weight();
    check(torch::equal(weight, weight[0].expand_as(weight)),
          "{}: its tasks use different ranks, so that its update is no one matrix; merge runs of "
          "one task each, or by outputs",
          attached.site.name);
    b = b * weight[0];
  }
  Tensor matrix = factors->scale * b.mm(factors->a);
  if (choice.kind() != Choice::Kind::kPerRow) check_matrix(attached, matrix, probe);
  return matrix;
}

std::vector<Tensor> update_matrices(const MergeSource& source) {
  std::vector<Tensor> matrices;
  for (const Adapter::Attached& attached : source.sites()) {
    matrices.push_back(update_matrix(attached));
  }
  return matrices;
}

}  // namespace rankwise
