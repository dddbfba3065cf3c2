// LoRA (Hu et al., 2021): one low-rank pair, every rank always on.

#include "framework/adapter/variant.h"

#include <cmath>

namespace rankwise {
namespace {

enum class Scaling { kAlphaOverRank, kRankStabilised };

struct LoraOptions {
  std::int64_t rank = 8;
  std::optional<double> alpha;
  double dropout = 0;
  Scaling scaling = Scaling::kAlphaOverRank;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("rank", "r"), self.rank, "rank r", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of A",
          between(0, 0.99));
    field("scaling", self.scaling,
          "alpha_over_rank; rank_stabilised: alpha / sqrt(rank) (rsLoRA, arXiv:2312.03732)",
          {{Scaling::kAlphaOverRank, "alpha_over_rank"},
           {Scaling::kRankStabilised, "rank_stabilised"}});
  }

  double alpha_or_default() const { return alpha.value_or(2 * static_cast<double>(rank)); }
  double scale() const {
    const auto r = static_cast<double>(rank);
    return alpha_or_default() / (scaling == Scaling::kRankStabilised ? std::sqrt(r) : r);
  }
};

// Their scaling is one for all sites: an alpha says what differs.
PeftRank lora_rank(const LoraOptions& site, Scaling scaling) {
  if (site.scaling == scaling) return {site.rank, site.alpha_or_default(), site.dropout};
  const auto r = static_cast<double>(site.rank);
  const double divisor = scaling == Scaling::kRankStabilised ? std::sqrt(r) : r;
  return {site.rank, site.scale() * divisor, site.dropout};
}

nlohmann::json lora_to_peft(const nlohmann::json& options, const std::vector<PeftSite>& sites) {
  const auto lora = resolved_by_site<LoraOptions>(options);
  const Scaling scaling = lora.common.scaling;
  nlohmann::json config =
      to_peft(lora_rank(lora.common, scaling), sites,
              [&](const std::string& site) { return lora_rank(lora.at(site), scaling); });
  config["use_rslora"] = scaling == Scaling::kRankStabilised;
  config["use_dora"] = false;
  return config;
}

std::optional<nlohmann::json> lora_from_peft(const nlohmann::json& config,
                                             const std::vector<PeftSite>& sites) {
  if (config.value("use_dora", false)) return std::nullopt;
  const PeftRank common = peft_rank(config);
  nlohmann::json options{{"rank", common.rank},
                         {"alpha", common.alpha},
                         {"dropout", common.dropout},
                         {kSiteOptions, peft_site_options(config, sites)}};
  if (config.value("use_rslora", false)) options["scaling"] = "rank_stabilised";
  return options;
}

RankUpdateParts lora(const LoraOptions& options, const Site& site, const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.rank);
  parts.scale = options.scale();
  parts.dropout = options.dropout;
  return parts;
}

const RegisterVariant<LoraOptions> lora_registration(
    "lora",
    {.paper = "Hu et al., 2021 (arXiv:2106.09685), eq. 3",
     .summary = "one low-rank pair, every rank always on",
     .peft = PeftForm{.type = "LORA",
                      .names = {{"lora_A", "lora_A.weight"}, {"lora_B", "lora_B.weight"}},
                      .write = lora_to_peft,
                      .read = lora_from_peft}},
    lora);

}  // namespace
}  // namespace rankwise
