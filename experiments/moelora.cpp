// MOELoRA (Liu et al., 2023): E low-rank experts per site, mixed by a softmax gate on the embedding
// of the row's task, so that each task has one update of its own.
//
// Follows the authors' code, whose main run shares one gate and starts A normal with deviation
// 0.01, but for the spare embedding there, which no task uses. Not verified: the paper's own text.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

enum class GateOf { kSite, kShared };
enum class MoeLoraA { kNormal, kKaiming };

struct MoeLoraOptions {
  std::int64_t rank = 16;
  std::int64_t experts = 8;
  std::optional<double> alpha;
  double dropout = 0;
  std::int64_t embedding_size = 64;
  GateOf gate = GateOf::kShared;
  MoeLoraA a_init = MoeLoraA::kNormal;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("rank", "r"), self.rank, "total ranks r", positive());
    field("experts", self.experts, "experts E; each has rank / experts ranks", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of A",
          between(0, 0.99));
    field("embedding_size", self.embedding_size, "width of the task embedding", positive());
    field("gate", self.gate,
          "one gate with its task embeddings per site, or one shared by all sites",
          {{GateOf::kSite, "site"}, {GateOf::kShared, "shared"}});
    field("a_init", self.a_init, "A: normal, deviation 0.01; kaiming: uniform, as LoRA's",
          {{MoeLoraA::kNormal, "normal"}, {MoeLoraA::kKaiming, "kaiming"}});
  }

  void validate() const {
    check(rank % experts == 0, "experts: {} do not divide {} ranks", experts, rank);
  }
};

class TaskGate : public Gate {
 public:
  // `shared`: the gate of another site, whose parameters this one reads; null: it makes its own.
  TaskGate(const MoeLoraOptions& options, const Site& site, const AdapterInputs& inputs,
           const TaskGate* shared)
      : options_(options) {
    if (shared != nullptr) {
      embedding_ = shared->embedding_;
      weight_ = shared->weight_;
      return;
    }
    const Seed seed = inputs.seed.stream(site.name);
    embedding_ = register_parameter("task_embedding",
                                    normal_tensor({inputs.tasks, options.embedding_size}, 1,
                                                  seed.stream("embedding"), inputs.options));
    weight_ = register_parameter("weight", linear_init(options.experts, options.embedding_size,
                                                       seed.stream("gate"), inputs.options));
  }

  Routing forward(const GateInput& /*input*/) override {
    const torch::Tensor share = torch::softmax(at::linear(embedding_, weight_), 1);  // [T, E]
    const torch::Tensor weight = share.repeat_interleave(options_.rank / options_.experts, 1);
    return Choice::per_task(torch::ones_like(weight, torch::kBool), weight);
  }

  // A row uses its task's embedding; a shared gate counts where it was made.
  std::int64_t active_parameters() const override {
    return parameters().empty() ? 0 : weight_.numel() + embedding_.size(1);
  }
  torch::Tensor task_embedding() const override { return embedding_; }

 private:
  MoeLoraOptions options_;
  torch::Tensor embedding_, weight_;  // [T, D], [E, D]
};

class MoeLora : public Adapter {
 public:
  explicit MoeLora(BySite<MoeLoraOptions> options) : options_(std::move(options)) {}

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    const MoeLoraOptions& options = options_.at(site.name);
    const auto gate = std::make_shared<TaskGate>(options, site, inputs, shared_.get());
    if (options.gate == GateOf::kShared && !shared_) shared_ = gate;
    RankUpdateParts parts = lora_parts(site, inputs, options.rank);
    if (options.a_init == MoeLoraA::kNormal) {
      parts.a = normal_tensor({options.rank, site.in}, 0.01,
                              inputs.seed.stream(site.name).stream("A"), inputs.options);
    }
    parts.scale = lora_scale(options.alpha, options.rank);
    parts.dropout = options.dropout;
    parts.gate = gate;
    return std::make_shared<RankUpdate>(site, inputs, std::move(parts));
  }

 private:
  BySite<MoeLoraOptions> options_;
  std::shared_ptr<TaskGate> shared_;  // the first site's, where all share it
};

const RegisterVariant<MoeLoraOptions> moelora_registration(
    "moelora",
    {.paper = "Liu et al., 2023 (arXiv:2310.18339), by the authors' code",
     .summary = "low-rank experts mixed by a softmax gate on task embeddings",
     .exemptions = {{"recompute/bits",
                     "all sites share the task embeddings, whose gradients add up in another "
                     "order"}},
     .differing_by_site = {"rank", "alpha", "dropout", "a_init"}},
    [](const BySite<MoeLoraOptions>& options) { return std::make_unique<MoeLora>(options); });

}  // namespace
}  // namespace rankwise
