// MTL-LoRA (Yang et al., AAAI 2025): a shared A, a matrix Lambda_t in the rank space for each task,
// and several heads B^i that each task averages by its own softmax weights w_t / tau.
//
// Starts, the number of heads and tau follow the authors' code; the paper's equation numbers were
// not verified. Rank and alpha are LoRA's: the authors' script takes them as arguments.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

enum class TaskMatrix { kFull, kDiagonal };

struct MtlLoraOptions {
  std::int64_t rank = 8;
  std::int64_t heads = 3;
  std::optional<double> alpha;
  double temperature = 0.1;
  TaskMatrix task_matrix = TaskMatrix::kFull;
  double dropout = 0;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("rank", "r"), self.rank, "rank r of the shared A; B has heads * r columns",
          positive());
    field("heads", self.heads, "matrices B^i", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field("temperature", self.temperature, "tau of the softmax over heads", positive());
    field("task_matrix", self.task_matrix, "Lambda_t: a full matrix, or a diagonal one",
          {{TaskMatrix::kFull, "full"}, {TaskMatrix::kDiagonal, "diagonal"}});
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of A",
          between(0, 0.99));
  }

  std::int64_t ranks() const { return heads * rank; }
  bool diagonal() const { return task_matrix == TaskMatrix::kDiagonal; }
};

class TaskHeadGate : public Gate {
 public:
  TaskHeadGate(const MtlLoraOptions& options, const Site& site, const AdapterInputs& inputs)
      : options_(options), tasks_(inputs.tasks) {
    const std::int64_t r = options.rank;
    task_matrix_ = register_parameter(
        "task_matrix", options.diagonal() ? torch::ones({tasks_, r}, inputs.options)
                                          : torch::eye(r, inputs.options).repeat({tasks_, 1, 1}));
    const torch::Tensor start = linear_init(
        tasks_, options.heads, inputs.seed.stream(site.name).stream("head_weight"), inputs.options);
    // The softmax of one head is constant.
    head_weight_ = options.heads > 1 ? register_parameter("head_weight", start)
                                     : register_buffer("head_weight", start);
  }

  Routing forward(const GateInput& /*input*/) override {
    const torch::Tensor share = torch::softmax(head_weight_ / options_.temperature, 1);
    const torch::Tensor weight = share.repeat_interleave(options_.rank, 1);  // [T, R]
    return Choice::per_task(torch::ones_like(weight, torch::kBool), weight);
  }

  torch::Tensor mix(const Choice& choice, const torch::Tensor& z,
                    const Batch& batch) const override {
    return choice.apply(transformed(z, batch.row_task).repeat({1, options_.heads}), batch);
  }
  bool reads_ranks() const override { return true; }  // mix() does
  // Without Lambda_t, which differs from task to task.
  torch::Tensor a_of(const torch::Tensor& a) const override {
    return a.repeat({options_.heads, 1});
  }

  // A row uses its task's matrix and weights.
  std::int64_t active_parameters() const override { return Gate::active_parameters() / tasks_; }
  std::int64_t router_parameters() const override {
    return head_weight_.requires_grad() ? head_weight_.numel() : 0;
  }

 private:
  // Lambda_t z of each row's task; z [N, r].
  torch::Tensor transformed(const torch::Tensor& z, const torch::Tensor& row_task) const {
    const torch::Tensor matrix = task_matrix_.index_select(0, row_task);
    return options_.diagonal() ? matrix * z : matrix.bmm(z.unsqueeze(2)).squeeze(2);
  }

  MtlLoraOptions options_;
  std::int64_t tasks_;
  torch::Tensor task_matrix_;  // [T, r, r], diagonal: [T, r]
  torch::Tensor head_weight_;  // [T, heads]
};

RankUpdateParts mtl_lora(const MtlLoraOptions& options, const Site& site,
                         const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.rank);
  parts.b = torch::zeros({site.out, options.ranks()}, inputs.options);
  parts.scale = lora_scale(options.alpha, options.rank);
  parts.dropout = options.dropout;
  parts.gate = std::make_shared<TaskHeadGate>(options, site, inputs);
  return parts;
}

const RegisterVariant<MtlLoraOptions> mtl_lora_registration(
    "mtl_lora",
    {.paper =
         "Yang et al., AAAI 2025 (arXiv:2410.09437), sum_i softmax(w_t / tau)_i B^i Lambda_t A",
     .summary = "a shared A, a matrix per task in the rank space, heads B averaged per task"},
    mtl_lora);

}  // namespace
}  // namespace rankwise
