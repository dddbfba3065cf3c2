// SMoRA (Zhao et al., KDD 2026): every rank is an expert, each token chooses k of them.
//
// The printed gate formula was not found. The paper reading is this project's choice and follows
// the text: the balance bias serves the choice only, the gate is the sigmoid of the chosen scores
// normalised to sum k, and the scale is alpha / k.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/rank_update.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

struct SmoraOptions {
  std::int64_t rank = 64;
  std::int64_t active = 8;
  double alpha = 16;
  double dropout = 0;
  double balance_rate = 1e-5;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("rank", self.rank, "total ranks r", positive());
    field("active", self.active, "ranks k that a token uses", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / active", positive());
    field("dropout", self.dropout, "dropout on the input of A and router", between(0, 0.99));
    field("balance_rate", self.balance_rate, "step u of the balance bias; 0: no balancing",
          not_negative());
  }
};

class TopKSigmoidGate : public Gate {
 public:
  TopKSigmoidGate(const SmoraOptions& options, const Site& site, const Setting& setting)
      : options_(options) {
    router_ = register_parameter(
        "router", linear_init(options.rank, site.in,
                              setting.seed.stream(site.name).stream("router"), setting.options));
    bias_ = register_buffer("balance_bias", torch::zeros({options.rank}, setting.options));
  }

  Choice forward(const GateInput& input) override {
    const torch::Tensor scores = torch::sigmoid(input.x.matmul(router_.t()));  // [N, R]
    const torch::Tensor chosen = top_k(scores.detach() + bias_, options_.active);
    const torch::Tensor values = scores.gather(1, chosen);  // [N, k]
    const auto k = static_cast<double>(options_.active);
    return Choice::by_row(chosen, values * (k / values.sum(1, /*keepdim=*/true)), options_.rank);
  }

  bool chooses_by_row() const override { return true; }
  double active_ranks(std::int64_t /*ranks*/) const override {
    return static_cast<double>(options_.active);
  }
  torch::Tensor balance_bias() const override { return bias_; }

  void after_step(const torch::Tensor& chosen, const Moment& /*moment*/) override {
    move_balance_bias(bias_, chosen, options_.balance_rate);
  }

 private:
  SmoraOptions options_;
  torch::Tensor router_, bias_;
};

class Smora : public Adapter {
 public:
  explicit Smora(const SmoraOptions& options) : options_(options) {
    check(options.active <= options.rank, "active: {} is more than the {} ranks there are",
          options.active, options.rank);
  }

  std::shared_ptr<Update> make_update(const Site& site, const Setting& setting) override {
    return std::make_shared<RankUpdate>(
        site, setting,
        RankUpdateParts{
            .a = linear_init(options_.rank, site.in, setting.seed.stream(site.name).stream("A"),
                             setting.options),
            .scale = options_.alpha / static_cast<double>(options_.active),
            .dropout = options_.dropout,
            .gate = std::make_shared<TopKSigmoidGate>(options_, site, setting)});
  }

 private:
  SmoraOptions options_;
};

const RegisterVariant<SmoraOptions> registration(
    "smora",
    {.paper = "Zhao et al., KDD 2026 (arXiv:2501.15103); the printed gate formula was not found",
     .summary = "every rank an expert, each token uses its top k"},
    [](const SmoraOptions& options) { return std::make_unique<Smora>(options); });

}  // namespace
}  // namespace rankwise
