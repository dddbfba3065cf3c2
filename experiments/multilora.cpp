// MultiLoRA (Wang et al., 2023): several LoRAs side by side, each with a trained scale for every
// output. The scales start at zero, so that A and B may both start at random values.
//
// Starts and alpha / rank follow the code of Yang et al. (MTL-LoRA), who compare with it; the
// paper's equation numbers and its own sizes were not verified. Sizes are those of MoRE's table
// (Zhang et al., Findings of ACL 2025), inferred from its count of parameters.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/variant.h"

#include <cmath>

namespace rankwise {
namespace {

struct MultiLoraOptions {
  std::int64_t rank = 8;
  std::int64_t parallel = 4;
  std::optional<double> alpha;
  double dropout = 0;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("rank", "r"), self.rank, "rank r of each LoRA", positive());
    field("parallel", self.parallel, "LoRAs side by side", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of A",
          between(0, 0.99));
  }

  std::int64_t ranks() const { return parallel * rank; }
};

class OutputScaleGate : public Gate {
 public:
  OutputScaleGate(const MultiLoraOptions& options, const Site& site, const AdapterInputs& inputs)
      : options_(options) {
    scale_ =
        register_parameter("scale", torch::zeros({options.parallel, site.out}, inputs.options));
  }

  Routing forward(const GateInput& /*input*/) override { return Choice::all(options_.ranks()); }

  torch::Tensor b_of(const torch::Tensor& b) const override {
    return b * scale_.t().repeat_interleave(options_.rank, 1);
  }
  std::int64_t router_parameters() const override { return 0; }

 private:
  MultiLoraOptions options_;
  torch::Tensor scale_;  // [n, out]
};

RankUpdateParts multilora(const MultiLoraOptions& options, const Site& site,
                          const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.ranks());
  // Kaiming-uniform for each B_i, whose inputs are r.
  const double bound = 1 / std::sqrt(static_cast<double>(options.rank));
  parts.b = uniform_tensor({site.out, options.ranks()}, bound,
                           inputs.seed.stream(site.name).stream("B"), inputs.options);
  parts.scale = lora_scale(options.alpha, options.rank);
  parts.dropout = options.dropout;
  parts.gate = std::make_shared<OutputScaleGate>(options, site, inputs);
  return parts;
}

const RegisterVariant<MultiLoraOptions> multilora_registration(
    "multilora",
    {.paper = "Wang et al., 2023 (arXiv:2311.11501), W_0 + sum_i diag(s_i) B_i A_i",
     .summary = "LoRAs side by side, each with a scale for every output that starts at zero"},
    multilora);

}  // namespace
}  // namespace rankwise
