// SoRA (Ding et al., EMNLP 2023): B (g * A x) with a trained gate g whose entries a proximal step
// pulls to zero; a rank with a gate of zero is off.
//
// After each optimizer step g is soft-thresholded by xi, a constant as in the released code, whose
// GLUE script has 3e-4; alpha and rank are those of its defaults. The sparsifying scheduler trains
// once for each xi and is left to studies. Not verified against the text: equation numbers.
//
// The released reading follows the authors' code (TsinghuaC3I/SoRA): its optimizer moves a gate by
// xi towards zero and then drops what is left below xi, so that gates up to 2 xi vanish, and its
// trainer adds lambda times the mean |g| over all sites' gates, lambda = 10 in its script.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

enum class Threshold { kSoft, kDeadZone };

struct SoraOptions {
  Reading reading = Reading::kPaper;
  std::int64_t rank = 8;
  std::optional<double> alpha;
  double dropout = 0;
  double threshold = 3e-4;
  Threshold threshold_rule = Threshold::kSoft;
  double l1_weight = 0;

  static SoraOptions of_reading(Reading reading) {
    SoraOptions options;
    if (reading == Reading::kPaper) return options;
    options.reading = reading;
    options.threshold_rule = Threshold::kDeadZone;
    options.l1_weight = 10;
    return options;
  }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("reading", self.reading,
          "sets the defaults below: this project's reading of the paper or what the code does",
          readings());
    field(also_called("rank", "r"), self.rank, "largest rank r_max", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of A",
          between(0, 0.99));
    field("threshold", self.threshold, "xi: each step moves a gate by it towards zero",
          not_negative());
    field("threshold_rule", self.threshold_rule,
          "soft: a gate within xi becomes zero; dead_zone: within 2 xi, what is left below xi goes",
          {{Threshold::kSoft, "soft"}, {Threshold::kDeadZone, "dead_zone"}});
    field("l1_weight", self.l1_weight, "lambda of a loss on the mean |g| over all sites",
          not_negative());
  }
};

class SparseGate : public Gate {
 public:
  SparseGate(const SoraOptions& options, const Site& site, const AdapterInputs& inputs)
      : options_(options), tasks_(inputs.tasks), sites_(inputs.sites) {
    const Seed seed = inputs.seed.stream(site.name).stream("gate");
    value_ = register_parameter("value", normal_tensor({options.rank}, 1, seed, inputs.options));
  }

  Routing forward(const GateInput& input) override {
    const torch::Tensor weight = value_.expand({tasks_, -1});
    Choice choice = Choice::per_task(weight != 0, weight);
    if (!input.pass.step_info.training || options_.l1_weight == 0) return choice;
    // The mean of the sites' means; where all have the same rank it is the mean over all gates.
    const torch::Tensor mean = value_.abs().mean() / static_cast<double>(sites_);
    return {std::move(choice), mean_term(mean, options_.l1_weight, input.pass.batch)};
  }

  double active_ranks(std::int64_t /*ranks*/, const StepInfo& /*step_info*/) const override {
    return static_cast<double>(value_.count_nonzero().item<std::int64_t>());
  }

  std::int64_t router_parameters() const override { return 0; }

  // The proximal step; a gate at zero keeps its gradient and may come back.
  void after_step(const torch::Tensor& /*chosen*/, const StepInfo& /*step_info*/) override {
    const torch::Tensor shrunk = at::softshrink(value_, options_.threshold);
    value_.copy_(options_.threshold_rule == Threshold::kSoft
                     ? shrunk
                     : shrunk * (shrunk.abs() >= options_.threshold));
  }

 private:
  SoraOptions options_;
  std::int64_t tasks_, sites_;
  torch::Tensor value_;  // [R]
};

RankUpdateParts sora(const SoraOptions& options, const Site& site, const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.rank);
  parts.scale = lora_scale(options.alpha, options.rank);
  parts.dropout = options.dropout;
  parts.gate = std::make_shared<SparseGate>(options, site, inputs);
  return parts;
}

const RegisterVariant<SoraOptions> sora_registration(
    "sora",
    {.paper = "Ding et al., EMNLP 2023 (arXiv:2311.11696)",
     .summary = "a trained gate on each rank, which a proximal step makes sparse"},
    sora);

}  // namespace
}  // namespace rankwise
