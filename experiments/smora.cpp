// SMoRA (Zhao et al., KDD 2026): every rank is an expert, each token chooses k of them.
//
// The printed gate formula was not found. The paper reading is this project's choice and follows
// the text: the balance bias serves the choice only, the gate is the sigmoid of the chosen scores
// normalised to sum k, and the scale is alpha / k.
//
// The released reading follows the authors' package (StyxXuan/smora, tuners/srmole/layer.py): the
// bias stays in the gate and moves in every training forward. It is meant to stand still otherwise,
// yet the optimizer trains it too: it is named among the adapter's layers, and activating the
// adapter turns its gradient on again (found by running it).

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"

#include <cmath>
#include <numbers>

namespace rankwise {
namespace {

enum class Scale { kActive, kRank };
enum class GateValue { kSigmoid, kSoftmax, kRaw };
enum class SmoraBias { kStep, kForward };

struct SmoraOptions {
  Reading reading = Reading::kPaper;
  std::int64_t rank = 64;
  std::int64_t active = 8;
  std::int64_t partition = 1;
  double alpha = 16;
  Scale scale = Scale::kActive;
  double dropout = 0;
  GateValue gate = GateValue::kSigmoid;
  bool bias_in_gate = false, train_bias = false;
  bool router_bias = false, train_router = true;
  double balance_rate = 1e-5;
  SmoraBias bias_moves = SmoraBias::kStep;
  double epsilon = 0, expert_dropout = 0;

  static SmoraOptions of_reading(Reading reading) {
    SmoraOptions options;
    if (reading == Reading::kPaper) return options;
    options.reading = reading;
    options.bias_in_gate = true;
    options.bias_moves = SmoraBias::kForward;
    options.train_bias = true;
    return options;
  }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("reading", self.reading, "sets the defaults below: what the paper says or the code does",
          readings());
    field(also_called("rank", "r"), self.rank, "total ranks r", positive());
    field("active", self.active, "ranks k that a token uses", positive());
    field("partition", self.partition, "ranks p of one expert; the router has r / p outputs",
          positive());
    field("alpha", self.alpha, "numerator of the update's scale", positive());
    field("scale", self.scale, "the update is scaled by alpha over the active or the total ranks",
          {{Scale::kActive, "active"}, {Scale::kRank, "rank"}});
    field("dropout", self.dropout, "dropout on the input of A and router", between(0, 0.99));
    field(
        "gate", self.gate,
        "of the chosen: sigmoid scores normalised to sum k; softmax over them times k; raw sigmoid "
        "scores",
        {{GateValue::kSigmoid, "sigmoid"},
         {GateValue::kSoftmax, "softmax"},
         {GateValue::kRaw, "raw"}});
    field("bias_in_gate", self.bias_in_gate, "the balance bias adds to the gate's values as well");
    field("train_bias", self.train_bias,
          "the optimizer trains the balance bias as well, where it is in the gate");
    field("router_bias", self.router_bias, "the router has a trained bias (earlier released code)");
    field("train_router", self.train_router, "false: the router stays at its random start");
    field("balance_rate", self.balance_rate, "step u of the balance bias; 0: no balancing",
          not_negative());
    field("bias_moves", self.bias_moves, "once an optimizer step, or in every training forward",
          {{SmoraBias::kStep, "step"}, {SmoraBias::kForward, "forward"}});
    field("epsilon", self.epsilon,
          "probability that a training forward chooses at random (earlier released code: 0.1)",
          between(0, 1));
    field("expert_dropout", self.expert_dropout,
          "share of experts barred from a training forward, falling to 0 by a cosine (earlier "
          "released code: 0.6)",
          between(0, 0.99));
  }

  void validate() const {
    check(active <= rank, "active: {} is more than the {} ranks there are", active, rank);
    check(rank % partition == 0 && active % partition == 0,
          "partition: {} does not divide {} total and {} active ranks", partition, rank, active);
  }

  /// A bias that serves the choice alone has no gradient.
  bool trains_bias() const { return train_bias && bias_in_gate; }
  std::int64_t experts() const { return rank / partition; }
  std::int64_t chosen_experts() const { return active / partition; }
};

// Taken off the score of a barred expert. Scores lie in [0, 1], balance biases move by small steps.
constexpr double kBelowEveryScore = 1e6;

class RouterGate : public Gate {
 public:
  RouterGate(const SmoraOptions& options, const Site& site, const AdapterInputs& inputs)
      : options_(options), site_(site.name) {
    const Seed seed = inputs.seed.stream(site.name);
    const auto add = [&](const char* name, const torch::Tensor& start) {
      return options.train_router ? register_parameter(name, start) : register_buffer(name, start);
    };
    router_ = add("router",
                  linear_init(options.experts(), site.in, seed.stream("router"), inputs.options));
    if (options.router_bias) {
      const double bound = 1 / std::sqrt(static_cast<double>(site.in));
      router_bias_ = add("router_bias", uniform_tensor({options.experts()}, bound,
                                                       seed.stream("router_bias"), inputs.options));
    }
    const torch::Tensor zeros = torch::zeros({options.rank}, inputs.options);
    bias_ = options.trains_bias() ? register_parameter("balance_bias", zeros)
                                  : register_buffer("balance_bias", zeros);
  }

  Routing forward(const GateInput& input) override {
    const torch::Tensor logits = down(input.x, router_, router_bias_);  // [N, E]
    const torch::Tensor scores = torch::sigmoid(logits);
    const torch::Tensor chosen = choose(scores.detach(), input.pass);  // [N, e]
    Choice choice =
        choose_blocks(chosen, weights(logits, scores, chosen), options_.partition, options_.rank);
    if (input.pass.step_info.training && options_.bias_moves == SmoraBias::kForward) {
      move_balance_bias(bias_, rank_load(choice.chosen(), options_.rank), options_.balance_rate);
    }
    return choice;
  }

  bool chooses_per_row() const override { return true; }
  bool rows_are_independent() const override {
    return options_.bias_moves == SmoraBias::kStep && options_.epsilon == 0;
  }
  double active_ranks(std::int64_t /*ranks*/, const StepInfo& /*step_info*/) const override {
    return static_cast<double>(options_.active);
  }
  torch::Tensor balance_bias() const override { return bias_; }

  void after_step(const torch::Tensor& chosen, const StepInfo& /*step_info*/) override {
    if (options_.bias_moves == SmoraBias::kStep)
      move_balance_bias(bias_, chosen, options_.balance_rate);
  }

 private:
  // The ranks of an expert share their load, and so their bias; trained, they share its gradient.
  torch::Tensor expert_bias() const {
    const torch::Tensor by_expert = bias_.view({options_.experts(), options_.partition});
    return options_.trains_bias() ? by_expert.mean(1) : by_expert.select(1, 0);
  }

  torch::Tensor choose(const torch::Tensor& scores, const Pass& pass) const {
    const Seed noise = pass.noise.stream("choice").stream(site_);
    if (pass.step_info.training && options_.epsilon > 0 &&
        noise.stream("epsilon").random().uniform() < options_.epsilon) {
      return top_k(uniform_tensor(scores.sizes(), 1, noise.stream("random"), scores.options()),
                   options_.chosen_experts());
    }
    torch::Tensor ranking = scores + expert_bias().detach();
    if (pass.step_info.training && options_.expert_dropout > 0) {
      ranking = ranking - barred(noise.stream("dropout"), pass.step_info);
    }
    return top_k(ranking, options_.chosen_experts());
  }

  // Far below every score, so that a barred expert is taken only where too few are left.
  torch::Tensor barred(const Seed& noise, const StepInfo& step_info) const {
    const double done = static_cast<double>(step_info.step) / static_cast<double>(step_info.steps);
    const double rate = options_.expert_dropout * (1 + std::cos(std::numbers::pi * done)) / 2;
    const torch::Tensor one = torch::ones({options_.experts()}, bias_.options());
    return (dropout_mask(one, rate, noise) == 0) * kBelowEveryScore;
  }

  torch::Tensor weights(const torch::Tensor& logits, const torch::Tensor& scores,
                        const torch::Tensor& chosen) const {
    const auto k = static_cast<double>(options_.chosen_experts());
    const auto biased = [&](const torch::Tensor& values) {
      return (options_.bias_in_gate ? values + expert_bias() : values).gather(1, chosen);
    };
    if (options_.gate == GateValue::kSoftmax) return torch::softmax(biased(logits), 1) * k;
    torch::Tensor values = biased(scores);
    if (options_.gate == GateValue::kRaw) return values;
    return values * (k / values.sum(1, /*keepdim=*/true));
  }

  SmoraOptions options_;
  std::string site_;
  torch::Tensor router_, router_bias_, bias_;  // [E, in], [E], [R]
};

RankUpdateParts smora(const SmoraOptions& options, const Site& site, const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.rank);
  parts.scale = options.alpha / static_cast<double>(options.scale == Scale::kActive ? options.active
                                                                                    : options.rank);
  parts.dropout = options.dropout;
  parts.gate = std::make_shared<RouterGate>(options, site, inputs);
  return parts;
}

const RegisterVariant<SmoraOptions> smora_registration(
    "smora",
    {.paper = "Zhao et al., KDD 2026 (arXiv:2501.15103); the printed gate formula was not found",
     .summary = "every rank an expert, each token uses its top k"},
    smora);

}  // namespace
}  // namespace rankwise
