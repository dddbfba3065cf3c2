// LoRA (Hu et al., 2021): one low-rank pair, every rank always on.

#include "framework/adapter/variant.h"
#include "framework/core/glob.h"

#include <cmath>

namespace rankwise {
namespace {

enum class Scaling { kAlphaOverRank, kRankStabilised };

struct LoraOptions {
  std::int64_t rank = 8;
  std::optional<double> alpha;
  double dropout = 0;
  nlohmann::json site_ranks = nlohmann::json::object(), site_alphas = nlohmann::json::object();
  Scaling scaling = Scaling::kAlphaOverRank;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("rank", self.rank, "rank r", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field("dropout", self.dropout, "dropout on the input of A", between(0, 0.99));
    field("scaling", self.scaling,
          "alpha_over_rank; rank_stabilised: alpha / sqrt(rank) (rsLoRA, arXiv:2312.03732)",
          {{Scaling::kAlphaOverRank, "alpha_over_rank"},
           {Scaling::kRankStabilised, "rank_stabilised"}});
    field("site_ranks", self.site_ranks, "ranks of sites that have another one, by their pattern");
    field("site_alphas", self.site_alphas, "alphas of sites that have another one, likewise");
  }

  void validate() const {
    for (const auto& [pattern, value] : site_ranks.items()) {
      check(value.is_number_integer() && value > 0, "site_ranks.{}: {} is no positive whole number",
            pattern, value.dump());
    }
    for (const auto& [pattern, value] : site_alphas.items()) {
      check(value.is_number() && value > 0, "site_alphas.{}: {} is no positive number", pattern,
            value.dump());
    }
  }

  std::int64_t rank_at(const std::string& site) const {
    const nlohmann::json own = at(site_ranks, site);
    return own.is_null() ? rank : own.get<std::int64_t>();
  }
  double alpha_at(const std::string& site) const {
    const nlohmann::json own = at(site_alphas, site);
    const auto r = static_cast<double>(rank_at(site));
    return own.is_null() ? alpha.value_or(2 * r) : own.get<double>();
  }
  double scale_at(const std::string& site) const {
    const auto r = static_cast<double>(rank_at(site));
    return alpha_at(site) / (scaling == Scaling::kRankStabilised ? std::sqrt(r) : r);
  }

 private:
  // Of the first pattern that matches; null: none.
  static nlohmann::json at(const nlohmann::json& by_pattern, const std::string& site) {
    for (const auto& [pattern, value] : by_pattern.items()) {
      if (matches(pattern, site)) return value;
    }
    return nullptr;
  }
};

nlohmann::json lora_to_peft(const nlohmann::json& options, const std::vector<PeftSite>& sites) {
  const auto lora = parse_options<LoraOptions>(options, "options");
  const double alpha = lora.alpha.value_or(2 * static_cast<double>(lora.rank));
  nlohmann::json config = to_peft({lora.rank, alpha, lora.dropout});
  config["use_rslora"] = lora.scaling == Scaling::kRankStabilised;
  config["use_dora"] = false;
  config["rank_pattern"] = config["alpha_pattern"] = nlohmann::json::object();
  for (const auto& [site, module] : sites) {
    if (lora.rank_at(site) != lora.rank) config["rank_pattern"][module] = lora.rank_at(site);
    if (lora.alpha_at(site) != alpha) {
      config["alpha_pattern"][module] = plain_number(lora.alpha_at(site));
    }
  }
  return config;
}

std::optional<nlohmann::json> lora_from_peft(const nlohmann::json& config,
                                             const std::vector<PeftSite>& sites) {
  if (config.value("use_dora", false)) return std::nullopt;
  const PeftRank common = peft_rank(config);
  nlohmann::json options{
      {"rank", common.rank}, {"alpha", common.alpha}, {"dropout", common.dropout}};
  if (config.value("use_rslora", false)) options["scaling"] = "rank_stabilised";
  for (const auto& [site, module] : sites) {
    const auto rank = pattern_value(config.value("rank_pattern", nlohmann::json()), module);
    const auto alpha = pattern_value(config.value("alpha_pattern", nlohmann::json()), module);
    if (!rank.is_null()) options["site_ranks"][site] = rank;
    if (!alpha.is_null()) options["site_alphas"][site] = alpha;
  }
  return options;
}

RankUpdateParts lora(const LoraOptions& options, const Site& site, const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.rank_at(site.name));
  parts.scale = options.scale_at(site.name);
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
