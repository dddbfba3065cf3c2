// FlyLoRA (Zou et al., NeurIPS 2025): A is a frozen sparse random projection that also routes:
// each token uses the k ranks of largest |A x|.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/rank_update.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"

#include <cmath>
#include <numeric>

namespace rankwise {
namespace {

struct FlyLoraOptions {
  std::int64_t rank = 32;
  std::int64_t active = 8;
  std::optional<double> alpha;
  double density = 0.25;
  std::string init_scale = "row_norm";
  double balance_rate = 1e-3;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("rank", self.rank, "total ranks r", positive());
    field("active", self.active, "ranks k that a token uses", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field("density", self.density, "rho = p / n: share of non-zeros in each row of A",
          between(1e-6, 1));
    field("init_scale", self.init_scale,
          "deviation of A's non-zeros: row_norm 1/sqrt(p) gives rows norm 1, what the paper's 1/r "
          "gives at its sizes; paper 1/r",
          one_of({"row_norm", "paper"}));
    field("balance_rate", self.balance_rate, "step u of the balance bias (eq. 9); 0: none",
          not_negative());
  }
};

class TopKMagnitudeGate : public Gate {
 public:
  TopKMagnitudeGate(const FlyLoraOptions& options, const Setting& setting) : options_(options) {
    bias_ = register_buffer("balance_bias", torch::zeros({options.rank}, setting.options));
  }

  // The gate's value is a_i x itself (eq. 11): the chosen ranks pass at weight one.
  Choice forward(const GateInput& input) override {
    const torch::Tensor chosen = top_k(input.z.detach().abs() + bias_, options_.active);
    return Choice::by_row(chosen, torch::ones(chosen.sizes(), input.z.options()), options_.rank);
  }

  bool reads_ranks() const override { return true; }
  bool chooses_by_row() const override { return true; }
  double active_ranks(std::int64_t /*ranks*/) const override {
    return static_cast<double>(options_.active);
  }
  torch::Tensor balance_bias() const override { return bias_; }

  void after_step(const torch::Tensor& chosen, const Moment& /*moment*/) override {
    move_balance_bias(bias_, chosen, options_.balance_rate);
  }

 private:
  FlyLoraOptions options_;
  torch::Tensor bias_;
};

class FlyLora : public Adapter {
 public:
  explicit FlyLora(const FlyLoraOptions& options) : options_(options) {
    check(options.active <= options.rank, "active: {} is more than the {} ranks there are",
          options.active, options.rank);
  }

  std::shared_ptr<Update> make_update(const Site& site, const Setting& setting) override {
    const auto rank = static_cast<double>(options_.rank);
    return std::make_shared<RankUpdate>(
        site, setting,
        RankUpdateParts{
            .a = sparse_rows(site.in, setting.seed.stream(site.name).stream("A"), setting.options),
            .train_a = false,
            .scale = options_.alpha.value_or(2 * rank) / rank,
            .gate = std::make_shared<TopKMagnitudeGate>(options_, setting)});
  }

 private:
  // Exactly p non-zeros a row, at random places.
  torch::Tensor sparse_rows(std::int64_t in, const Seed& seed,
                            const torch::TensorOptions& options) const {
    const auto p =
        std::max<std::int64_t>(1, std::llround(options_.density * static_cast<double>(in)));
    const double deviation = options_.init_scale == "paper" ? 1 / static_cast<double>(options_.rank)
                                                            : 1 / std::sqrt(static_cast<double>(p));
    torch::Tensor a = torch::zeros({options_.rank, in}, torch::kFloat64);
    auto cells = a.accessor<double, 2>();
    Random random = seed.random();
    std::vector<std::int64_t> places(static_cast<std::size_t>(in));
    for (std::int64_t row = 0; row < options_.rank; ++row) {
      std::iota(places.begin(), places.end(), std::int64_t{0});
      random.shuffle(places);
      for (std::int64_t i = 0; i < p; ++i) cells[row][places[i]] = deviation * random.normal();
    }
    return a.to(options);
  }

  FlyLoraOptions options_;
};

const RegisterVariant<FlyLoraOptions> registration(
    "flylora",
    {.paper = "Zou et al., NeurIPS 2025 (arXiv:2510.08396), eq. 7, 8, 9 and 11",
     .summary = "frozen sparse random A routes: each token uses its k largest |A x|"},
    [](const FlyLoraOptions& options) { return std::make_unique<FlyLora>(options); });

}  // namespace
}  // namespace rankwise
