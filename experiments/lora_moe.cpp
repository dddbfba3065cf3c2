// LoRA-MoE as SMoRA's paper compares with it: E low-rank experts per site under a linear router
// without bias and without a balancing loss. Stacked, the experts are one pair whose ranks lie in
// E blocks.
//
// Follows the routings of the code released with that paper. Not verified: whether the router there
// reads the input before or after dropout (here: after).

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

enum class ExpertRouting { kSoft, kTop1, kTop2, kSmear };

struct LoraMoeOptions {
  std::int64_t experts = 8;
  std::int64_t rank = 8;
  double alpha = 16;
  double dropout = 0;
  ExpertRouting routing = ExpertRouting::kTop2;
  double temperature = 0.1;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("experts", self.experts, "experts E", positive());
    field("rank", self.rank, "ranks r of one expert", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / rank", positive());
    field("dropout", self.dropout, "dropout on the input of A and router; top2 has none",
          between(0, 0.99));
    field("routing", self.routing,
          "soft: every expert at its softmax; top1: the best at weight one, trained as a "
          "Gumbel-softmax of all; top2: the softmax of the best two; smear: A and B merged by the "
          "softmax",
          {{ExpertRouting::kSoft, "soft"},
           {ExpertRouting::kTop1, "top1"},
           {ExpertRouting::kTop2, "top2"},
           {ExpertRouting::kSmear, "smear"}});
    field("temperature", self.temperature, "of top1's Gumbel-softmax", positive());
  }

  void validate() const {
    if (routing != ExpertRouting::kTop2) return;
    check(experts >= 2, "experts: routing 'top2' needs two, and there is 1");
    check(dropout == 0, "dropout: routing 'top2' has none; set 0");
  }

  std::int64_t ranks() const { return experts * rank; }
};

class LoraMoeGate : public Gate {
 public:
  LoraMoeGate(const LoraMoeOptions& options, const Site& site, const AdapterInputs& inputs)
      : options_(options), site_(site.name) {
    const Seed seed = inputs.seed.stream(site.name).stream("router");
    router_ =
        register_parameter("router", linear_init(options.experts, site.in, seed, inputs.options));
  }

  Routing forward(const GateInput& input) override {
    const torch::Tensor logits = down(input.x, router_);  // [N, E]
    if (options_.routing == ExpertRouting::kTop2) return best_two(logits);
    if (options_.routing != ExpertRouting::kTop1) return every(torch::softmax(logits, 1));
    return input.pass.step_info.training ? every(gumbel_softmax(logits, input.pass)) : best(logits);
  }

  // smear: z of the merged A is sum_e p_e A_e x, and the merged B gives each B_e its share p_e.
  torch::Tensor mix(const Choice& choice, const torch::Tensor& z,
                    const Batch& batch) const override {
    if (options_.routing != ExpertRouting::kSmear) return Gate::mix(choice, z, batch);
    const torch::Tensor share = choice.weight().view({-1, options_.experts, options_.rank});
    const torch::Tensor merged = (share * z.view_as(share)).sum(1, /*keepdim=*/true);
    return (share * merged).flatten(1);
  }

  bool reads_ranks() const override { return options_.routing == ExpertRouting::kSmear; }
  bool chooses_per_row() const override {
    return options_.routing == ExpertRouting::kTop1 || options_.routing == ExpertRouting::kTop2;
  }
  bool rows_are_independent() const override {
    return options_.routing != ExpertRouting::kTop1;  // whose noise is drawn row by row
  }
  // top1 trains every expert in every row.
  double active_ranks(std::int64_t ranks, const StepInfo& step_info) const override {
    if (options_.routing == ExpertRouting::kTop1 && !step_info.training) {
      return static_cast<double>(options_.rank);
    }
    if (options_.routing == ExpertRouting::kTop2) return static_cast<double>(2 * options_.rank);
    return static_cast<double>(ranks);
  }

 private:
  Choice every(const torch::Tensor& weight) const {
    const torch::Tensor experts =
        torch::arange(options_.experts, weight.options().dtype(torch::kInt64));
    return blocks(experts.expand_as(weight), weight);
  }

  Choice best(const torch::Tensor& logits) const {
    const torch::Tensor expert = logits.argmax(1, /*keepdim=*/true);
    return blocks(expert, torch::ones(expert.sizes(), logits.options()));
  }

  // Renormalised probabilities are the softmax over the chosen logits.
  Choice best_two(const torch::Tensor& logits) const {
    const torch::Tensor experts = top_k(logits, 2);
    return blocks(experts, torch::softmax(logits.gather(1, experts), 1));
  }

  Choice blocks(const torch::Tensor& experts, const torch::Tensor& weight) const {
    return choose_blocks(experts, weight, options_.rank, options_.ranks());
  }

  // Jang et al., 2017 (arXiv:1611.01144).
  torch::Tensor gumbel_softmax(const torch::Tensor& logits, const Pass& pass) const {
    const Seed seed = pass.noise.stream("gumbel").stream(site_);
    const torch::Tensor noise = gumbel_tensor(logits.sizes(), seed, logits.options());
    return torch::softmax((logits + noise) / options_.temperature, 1);
  }

  LoraMoeOptions options_;
  std::string site_;
  torch::Tensor router_;  // [E, in]
};

RankUpdateParts lora_moe(const LoraMoeOptions& options, const Site& site,
                         const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.ranks());
  parts.scale = options.alpha / static_cast<double>(options.rank);
  parts.dropout = options.dropout;
  parts.gate = std::make_shared<LoraMoeGate>(options, site, inputs);
  return parts;
}

const RegisterVariant<LoraMoeOptions> lora_moe_registration(
    "lora_moe",
    {.paper = "the LoRA-MoE that Zhao et al., KDD 2026 (arXiv:2501.15103) compare with; smear: "
              "Muqeeth et al., 2023 (arXiv:2306.03745)",
     .summary = "low-rank experts under a linear router: soft, top-1, top-2 or merged"},
    lora_moe);

}  // namespace
}  // namespace rankwise
