// HydraLoRA (Tian et al., NeurIPS 2024): one A that all tokens share and several heads B_e, mixed
// for each token by a softmax router.
//
// Follows the released baseline of SMoRA (Zhao et al., KDD 2026): at each site a router without
// bias, no loss of its own, scale alpha / rank. Not verified against the text: equation numbers,
// and how the paper finds the number of heads, which is an option here.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

struct HydraLoraOptions {
  std::int64_t rank = 8;
  std::int64_t heads = 4;
  std::optional<double> alpha;
  double dropout = 0;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("rank", "r"), self.rank, "rank r of the shared A; B has heads * r columns",
          positive());
    field("heads", self.heads, "matrices B_e", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field("dropout", self.dropout, "dropout on the input of A and router", between(0, 0.99));
  }

  std::int64_t ranks() const { return heads * rank; }
};

class HeadGate : public Gate {
 public:
  HeadGate(const HydraLoraOptions& options, const Site& site, const AdapterInputs& inputs)
      : options_(options) {
    const torch::Tensor start = linear_init(
        options.heads, site.in, inputs.seed.stream(site.name).stream("router"), inputs.options);
    // The softmax of one head is constant.
    router_ =
        options.heads > 1 ? register_parameter("router", start) : register_buffer("router", start);
  }

  Routing forward(const GateInput& input) override {
    const torch::Tensor share = torch::softmax(down(input.x, router_), 1);  // [N, E]
    const torch::Tensor heads =
        torch::arange(options_.heads, share.options().dtype(torch::kInt64)).expand_as(share);
    return choose_blocks(heads, share, options_.rank, options_.ranks());
  }

  torch::Tensor mix(const Choice& choice, const torch::Tensor& z,
                    const Batch& batch) const override {
    return choice.apply(z.repeat({1, options_.heads}), batch);
  }
  bool reads_ranks() const override { return true; }  // mix() does
  torch::Tensor a_of(const torch::Tensor& a) const override {
    return a.repeat({options_.heads, 1});
  }

 private:
  HydraLoraOptions options_;
  torch::Tensor router_;  // [E, in]
};

RankUpdateParts hydralora(const HydraLoraOptions& options, const Site& site,
                          const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.rank);
  parts.b = torch::zeros({site.out, options.ranks()}, inputs.options);
  parts.scale = lora_scale(options.alpha, options.rank);
  parts.dropout = options.dropout;
  parts.gate = std::make_shared<HeadGate>(options, site, inputs);
  return parts;
}

const RegisterVariant<HydraLoraOptions> hydralora_registration(
    "hydralora",
    {.paper = "Tian et al., NeurIPS 2024 (arXiv:2404.19245), W_0 + sum_i omega_i B_i A",
     .summary = "one shared A, several heads B mixed for each token by a softmax router"},
    hydralora);

}  // namespace
}  // namespace rankwise
