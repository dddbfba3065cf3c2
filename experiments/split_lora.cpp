// Split-LoRA i x j, FlyLoRA's baseline (Zou et al., NeurIPS 2025): i experts of rank j under the
// gate G(x) = sigmoid(top-k(W_g x)), with i * j total ranks.
//
// top-k leaves what is not chosen at minus infinity, so its sigmoid is zero. Not verified: scale
// and initial values, here FlyLoRA's alpha / r = 2 and LoRA's start; no balancing is mentioned.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

struct SplitLoraOptions {
  std::int64_t rank = 32;
  std::int64_t experts = 4;
  std::int64_t active = 8;
  std::optional<double> alpha;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("rank", "r"), self.rank, "total ranks i * j", positive());
    field("experts", self.experts, "experts i; each has rank / experts ranks", positive());
    field("active", self.active, "ranks that a token uses, of whole experts", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: 2 * rank", positive());
  }

  void validate() const {
    check(active <= rank, "active: {} is more than the {} ranks there are", active, rank);
    check(rank % experts == 0, "experts: {} do not divide {} ranks", experts, rank);
    check(active % expert_rank() == 0, "active: {} is no multiple of the {} ranks of one expert",
          active, expert_rank());
  }

  std::int64_t expert_rank() const { return rank / experts; }
};

class SigmoidGate : public Gate {
 public:
  SigmoidGate(const SplitLoraOptions& options, const Site& site, const AdapterInputs& inputs)
      : options_(options) {
    const Seed seed = inputs.seed.stream(site.name).stream("router");
    router_ =
        register_parameter("router", linear_init(options.experts, site.in, seed, inputs.options));
  }

  Routing forward(const GateInput& input) override {
    const torch::Tensor logits = down(input.x, router_);  // [N, i]
    const torch::Tensor chosen = top_k(logits, options_.active / options_.expert_rank());
    return choose_blocks(chosen, torch::sigmoid(logits.gather(1, chosen)), options_.expert_rank(),
                         options_.rank);
  }

  bool chooses_per_row() const override { return true; }
  double active_ranks(std::int64_t /*ranks*/, const StepInfo& /*step_info*/) const override {
    return static_cast<double>(options_.active);
  }

 private:
  SplitLoraOptions options_;
  torch::Tensor router_;  // W_g [i, in]
};

RankUpdateParts split_lora(const SplitLoraOptions& options, const Site& site,
                           const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.rank);
  parts.scale = lora_scale(options.alpha, options.rank);
  parts.gate = std::make_shared<SigmoidGate>(options, site, inputs);
  return parts;
}

const RegisterVariant<SplitLoraOptions> split_lora_registration(
    "split_lora",
    {.paper = "the Split-LoRA that Zou et al., NeurIPS 2025 (arXiv:2510.08396) compare with",
     .summary = "low-rank experts, each token uses its top ones at the sigmoid of their scores"},
    split_lora);

}  // namespace
}  // namespace rankwise
