// LoRA (Hu et al., 2021): one low-rank pair, every rank always on.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/rank_update.h"
#include "framework/adapter/variant.h"

#include <cmath>

namespace rankwise {
namespace {

struct LoraOptions {
  std::int64_t rank = 8;
  std::optional<double> alpha;
  double dropout = 0;
  std::string scaling = "alpha_over_rank";

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("rank", self.rank, "rank r", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field("dropout", self.dropout, "dropout on the input of A", between(0, 0.99));
    field("scaling", self.scaling,
          "alpha_over_rank; rank_stabilised: alpha / sqrt(rank) (rsLoRA, arXiv:2312.03732)",
          one_of({"alpha_over_rank", "rank_stabilised"}));
  }

  double scale() const {
    const auto r = static_cast<double>(rank);
    return alpha.value_or(2 * r) / (scaling == "rank_stabilised" ? std::sqrt(r) : r);
  }
};

class Lora : public Adapter {
 public:
  explicit Lora(const LoraOptions& options) : options_(options) {}

  std::shared_ptr<Update> make_update(const Site& site, const Setting& setting) override {
    return std::make_shared<RankUpdate>(
        site, setting,
        RankUpdateParts{
            .a = linear_init(options_.rank, site.in, setting.seed.stream(site.name).stream("A"),
                             setting.options),
            .scale = options_.scale(),
            .dropout = options_.dropout,
            .gate = std::make_shared<OpenGate>(options_.rank)});
  }

 private:
  LoraOptions options_;
};

const RegisterVariant<LoraOptions> registration(
    "lora",
    {.paper = "Hu et al., 2021 (arXiv:2106.09685), eq. 3",
     .summary = "one low-rank pair, every rank always on"},
    [](const LoraOptions& options) { return std::make_unique<Lora>(options); });

}  // namespace
}  // namespace rankwise
