// DoRA (Liu et al., ICML 2024): the adapted weight is split into a magnitude for each output and a
// direction, W' = m (W + s B A) / ||W + s B A||, and m, A and B are trained.
//
// The norm is that of each output's row, and a constant to the gradient (section 4.3). Not verified
// against the text: the scale s, and that dropout acts on the input of A alone.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

struct DoraOptions {
  std::int64_t rank = 8;
  std::optional<double> alpha;
  double dropout = 0;
  bool detach_norm = true;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("rank", "r"), self.rank, "rank r", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "B A is scaled by alpha / rank; null: 2 * rank", positive());
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of A",
          between(0, 0.99));
    field("detach_norm", self.detach_norm, "the norm is a constant to the gradient (section 4.3)");
  }
};

// The recorded factors are the direction's pair.
class DoraUpdate : public RankUpdate {
 public:
  DoraUpdate(const Site& site, const AdapterInputs& inputs, RankUpdateParts parts, bool detach_norm)
      : RankUpdate(site, inputs, std::move(parts)), detach_norm_(detach_norm) {
    magnitude_ = register_parameter("magnitude", direction_norm(site.weight).detach());
  }

  torch::Tensor forward(const torch::Tensor& x, const FrozenLinear& frozen,
                        const Pass& pass) override {
    const torch::Tensor direction = RankUpdate::forward(x, {frozen.weight, {}}, pass);
    const torch::Tensor norm = direction_norm(frozen.weight);
    const torch::Tensor y = direction * (magnitude_ / (detach_norm_ ? norm.detach() : norm));
    return frozen.bias.defined() ? y + frozen.bias : y;
  }

  std::int64_t active_parameters() const override {
    return RankUpdate::active_parameters() + magnitude_.numel();
  }

 private:
  // Of each row of W + s B A; [out]. A row of zeros stays one, at magnitude zero.
  torch::Tensor direction_norm(const torch::Tensor& weight) const {
    const Factors pair = *factors();
    return (weight + pair.scale * pair.b.mm(pair.a)).norm(2, /*dim=*/1).clamp_min(1e-12);
  }

  bool detach_norm_;
  torch::Tensor magnitude_;  // [out]
};

class Dora : public Adapter {
 public:
  explicit Dora(BySite<DoraOptions> options) : options_(std::move(options)) {}

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    const DoraOptions& options = options_.at(site.name);
    RankUpdateParts parts = lora_parts(site, inputs, options.rank);
    parts.scale = lora_scale(options.alpha, options.rank);
    parts.dropout = options.dropout;
    return std::make_shared<DoraUpdate>(site, inputs, std::move(parts), options.detach_norm);
  }

 private:
  BySite<DoraOptions> options_;
};

nlohmann::json dora_to_peft(const nlohmann::json& options, const std::vector<PeftSite>& sites) {
  nlohmann::json config = to_peft(resolved_by_site<DoraOptions>(options), sites);
  config["use_rslora"] = false;
  config["use_dora"] = true;
  return config;
}

std::optional<nlohmann::json> dora_from_peft(const nlohmann::json& config,
                                             const std::vector<PeftSite>& sites) {
  if (!config.value("use_dora", false)) return std::nullopt;
  check(!config.value("use_rslora", false), "use_rslora: is not read together with use_dora");
  const PeftRank common = peft_rank(config);
  return {{{"rank", common.rank},
           {"alpha", common.alpha},
           {"dropout", common.dropout},
           {kSiteOptions, peft_site_options(config, sites)}}};
}

const RegisterVariant<DoraOptions> dora_registration(
    "dora",
    {.paper = "Liu et al., ICML 2024 (arXiv:2402.09353), eq. 5 and section 4.3",
     .summary = "a trained magnitude for each output, and a low-rank pair for the direction",
     .exemptions = {{"finite_differences/*.lora_?",
                     "the norm is a constant to the gradient; both gradients are compared with "
                     "numbers by hand in dora_test.cpp"}},
     .peft = PeftForm{.type = "LORA",
                      .names = {{"lora_A", "lora_A.weight"},
                                {"lora_B", "lora_B.weight"},
                                {"magnitude", "lora_magnitude_vector"}},
                      .write = dora_to_peft,
                      .read = dora_from_peft}},
    [](const BySite<DoraOptions>& options) { return std::make_unique<Dora>(options); });

}  // namespace
}  // namespace rankwise
