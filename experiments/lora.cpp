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
    field("rank", self.rank, "rank r", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field("dropout", self.dropout, "dropout on the input of A", between(0, 0.99));
    field("scaling", self.scaling,
          "alpha_over_rank; rank_stabilised: alpha / sqrt(rank) (rsLoRA, arXiv:2312.03732)",
          {{Scaling::kAlphaOverRank, "alpha_over_rank"},
           {Scaling::kRankStabilised, "rank_stabilised"}});
  }

  double scale() const {
    const auto r = static_cast<double>(rank);
    return alpha.value_or(2 * r) / (scaling == Scaling::kRankStabilised ? std::sqrt(r) : r);
  }
};

RankUpdateParts lora(const LoraOptions& options, const Site& site, const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.rank);
  parts.scale = options.scale();
  parts.dropout = options.dropout;
  return parts;
}

const RegisterVariant<LoraOptions> lora_registration(
    "lora",
    {.paper = "Hu et al., 2021 (arXiv:2106.09685), eq. 3",
     .summary = "one low-rank pair, every rank always on"},
    lora);

}  // namespace
}  // namespace rankwise
