// SoRA (Ding et al., EMNLP 2023): B (g * A x) with a trained gate g whose entries a proximal step
// pulls to zero; a rank with a gate of zero is off.
//
// After each optimizer step g is soft-thresholded by xi, a constant as in the released code, whose
// GLUE script has 3e-4; alpha and rank are those of its defaults. The sparsifying scheduler trains
// once for each xi and is left to studies. Not verified against the text: equation numbers.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

struct SoraOptions {
  std::int64_t rank = 8;
  std::optional<double> alpha;
  double dropout = 0;
  double threshold = 3e-4;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("rank", self.rank, "largest rank r_max", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field("dropout", self.dropout, "dropout on the input of A", between(0, 0.99));
    field("threshold", self.threshold, "xi: each step moves a gate by it towards zero",
          not_negative());
  }
};

class SparseGate : public Gate {
 public:
  SparseGate(const SoraOptions& options, const Site& site, const Setting& setting)
      : threshold_(options.threshold), tasks_(setting.tasks) {
    const Seed seed = setting.seed.stream(site.name).stream("gate");
    value_ = register_parameter("value", normal_tensor({options.rank}, 1, seed, setting.options));
  }

  Routing forward(const GateInput& /*input*/) override {
    const torch::Tensor weight = value_.expand({tasks_, -1});
    return Choice::by_task(weight != 0, weight);
  }

  double active_ranks(std::int64_t /*ranks*/, const Moment& /*moment*/) const override {
    return static_cast<double>(value_.count_nonzero().item<std::int64_t>());
  }

  std::int64_t router_parameters() const override { return 0; }

  // The proximal step; a gate at zero keeps its gradient and may come back.
  void after_step(const torch::Tensor& /*chosen*/, const Moment& /*moment*/) override {
    value_.copy_(at::softshrink(value_, threshold_));
  }

 private:
  double threshold_;
  std::int64_t tasks_;
  torch::Tensor value_;  // [R]
};

RankUpdateParts sora(const SoraOptions& options, const Site& site, const Setting& setting) {
  RankUpdateParts parts = lora_parts(site, setting, options.rank);
  parts.scale = lora_scale(options.alpha, options.rank);
  parts.dropout = options.dropout;
  parts.gate = std::make_shared<SparseGate>(options, site, setting);
  return parts;
}

const RegisterVariant<SoraOptions> registration(
    "sora",
    {.paper = "Ding et al., EMNLP 2023 (arXiv:2311.11696)",
     .summary = "a trained gate on each rank, which a proximal step makes sparse"},
    sora);

}  // namespace
}  // namespace rankwise
