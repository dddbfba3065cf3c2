// LoRA-FA (Zhang et al., 2023): LoRA with A frozen at its random start; only B is trained.
//
// The corrected gradient is derived here: it makes s dB A the full gradient projected onto A's
// rows. Not verified against the text: its form there, equation numbers, and the std of A's
// normal start, which gives rows of mean square norm 1 here.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/variant.h"

#include <cmath>

namespace rankwise {
namespace {

enum class FrozenA { kGaussian, kKaiming };
enum class Gradient { kPlain, kCorrected };

struct LoraFaOptions {
  std::int64_t rank = 8;
  std::optional<double> alpha;
  double dropout = 0;
  FrozenA a_init = FrozenA::kGaussian;
  Gradient gradient = Gradient::kPlain;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("rank", "r"), self.rank, "rank r", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of A",
          between(0, 0.99));
    field("a_init", self.a_init,
          "what A stays at: gaussian with std 1 / sqrt(in); kaiming: uniform as LoRA's",
          {{FrozenA::kGaussian, "gaussian"}, {FrozenA::kKaiming, "kaiming"}});
    field(
        "gradient", self.gradient,
        "of B: plain; corrected: times (A A^T)^-1 / scale^2, which brings the step of B A closest "
        "to the full gradient",
        {{Gradient::kPlain, "plain"}, {Gradient::kCorrected, "corrected"}});
  }

  /// 2: the gradient is corrected before clipping, not after it.
  int revision() const { return gradient == Gradient::kCorrected ? 2 : 1; }
};

class LoraFa : public Adapter {
 public:
  explicit LoraFa(BySite<LoraFaOptions> options) : options_(std::move(options)) {}

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    const LoraFaOptions& options = options_.at(site.name);
    RankUpdateParts parts = lora_parts(site, inputs, options.rank);
    if (options.a_init == FrozenA::kGaussian) parts.a = gaussian(options.rank, site, inputs);
    parts.train_a = false;
    parts.scale = lora_scale(options.alpha, options.rank);
    parts.dropout = options.dropout;
    return std::make_shared<RankUpdate>(site, inputs, std::move(parts));
  }

  void edit_gradients(const StepInfo& /*step_info*/) override {
    for (const auto& [site, update] : attached()) {
      if (options_.at(site.name).gradient == Gradient::kPlain) continue;
      Factors pair = *update->factors();
      // A pseudo-inverse, since more ranks than inputs leave A A^T singular.
      const torch::Tensor inverse = at::linalg_pinv(pair.a.mm(pair.a.t()), 1e-6, true);
      pair.b.mutable_grad().copy_(pair.b.grad().mm(inverse) / (pair.scale * pair.scale));
    }
  }

 private:
  static torch::Tensor gaussian(std::int64_t rank, const Site& site, const AdapterInputs& inputs) {
    const Seed seed = inputs.seed.stream(site.name).stream("A");
    const double stddev = 1 / std::sqrt(static_cast<double>(site.in));
    return normal_tensor({rank, site.in}, stddev, seed, inputs.options);
  }

  BySite<LoraFaOptions> options_;
};

// Their LoRA: which parameters were trained is not said there.
nlohmann::json lora_fa_to_peft(const nlohmann::json& options, const std::vector<PeftSite>& sites) {
  nlohmann::json config = to_peft(resolved_by_site<LoraFaOptions>(options), sites);
  config["use_rslora"] = config["use_dora"] = false;
  return config;
}

const RegisterVariant<LoraFaOptions> lora_fa_registration(
    "lora_fa",
    {.paper = "Zhang et al., 2023 (arXiv:2308.03303)",
     .summary = "LoRA with A frozen at its random start, only B is trained",
     .peft = PeftForm{.type = "LORA",
                      .names = {{"lora_A", "lora_A.weight"}, {"lora_B", "lora_B.weight"}},
                      .write = lora_fa_to_peft,
                      .read = [](const nlohmann::json&, const std::vector<PeftSite>&)
                          -> std::optional<nlohmann::json> { return std::nullopt; }}},
    [](const BySite<LoraFaOptions>& options) { return std::make_unique<LoraFa>(options); });

}  // namespace
}  // namespace rankwise
