// MixLoRA (Li et al., 2024): low-rank experts on the feed-forward linears, each token uses its top
// ones at their renormalised softmax, under the Switch loss; plain LoRA on the other linears.
//
// Per-linear form: every feed-forward linear routes its own input, where the paper's router chooses
// once per block, between whole feed-forward networks. Each site adds its Switch loss, as in Fedus
// et al. (2022), where the authors' code takes one over the rows of all layers. Rank, alpha and the
// router's start are those of their published adapter and code. Not verified: the paper's own text.
//
// The load f_e of the Switch loss is a share of the N * k choices here, 1 at even loads; the
// authors' code (TUDB-Labs/MixLoRA) divides by the N tokens and so sums the k choices: k times as
// much.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"
#include "framework/core/glob.h"
#include "framework/model/model.h"

#include <algorithm>
#include <utility>

namespace rankwise {
namespace {

// As BERT, LLaMA and T5 name them.
const std::vector<std::string> kAttention = {"*.attention.*", "*.self_attn.*", "*Attention.*"};

enum class LoadOver { kChoices, kTokens };

struct MixLoraOptions {
  Reading reading = Reading::kPaper;
  std::int64_t experts = 8;
  std::int64_t active = 2;
  std::int64_t rank = 16;
  std::optional<double> alpha;
  double dropout = 0;
  double balance_weight = 0.01;
  LoadOver load_over = LoadOver::kChoices;
  std::vector<std::string> expert_sites;

  static MixLoraOptions of_reading(Reading reading) {
    MixLoraOptions options;
    if (reading == Reading::kPaper) return options;
    options.reading = reading;
    options.load_over = LoadOver::kTokens;
    return options;
  }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("reading", self.reading,
          "sets the defaults below: this project's reading of the paper or what the code does",
          readings());
    field("experts", self.experts, "experts of a site that has them", positive());
    field("active", self.active, "experts that a token uses", positive());
    field("rank", self.rank, "ranks of one expert, and of plain LoRA", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field("dropout", self.dropout, "dropout on the input of A and router", between(0, 0.99));
    field("balance_weight", self.balance_weight, "of the Switch loss", not_negative());
    field("load_over", self.load_over,
          "an expert's load in the Switch loss is its share of the choices, or choices per token",
          {{LoadOver::kChoices, "choices"}, {LoadOver::kTokens, "tokens"}});
    field("expert_sites", self.expert_sites,
          "patterns of the sites with experts, the others have plain LoRA; empty: all sites but an "
          "attention's");
  }

  void validate() const {
    check(active <= experts, "active: {} is more than the {} experts there are", active, experts);
  }

  /// What multiplies the Switch loss over shares of the choices.
  double switch_weight() const {
    return balance_weight * (load_over == LoadOver::kTokens ? static_cast<double>(active) : 1);
  }

  bool has_experts(const std::string& site) const {
    return expert_sites.empty() ? !matches_one_of(kAttention, site)
                                : matches_one_of(expert_sites, site);
  }

  static bool matches_one_of(const std::vector<std::string>& patterns, const std::string& site) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches(pattern, site); });
  }
};

class MixLoraGate : public Gate {
 public:
  MixLoraGate(const MixLoraOptions& options, const Site& site, const AdapterInputs& inputs)
      : options_(options) {
    const Seed seed = inputs.seed.stream(site.name).stream("router");
    router_ = register_parameter(
        "router", normal_tensor({options.experts, site.in}, 0.02, seed, inputs.options));
  }

  Routing forward(const GateInput& input) override {
    const torch::Tensor logits = down(input.x, router_);  // [N, E]
    const torch::Tensor chosen = top_k(logits, options_.active);
    AuxiliaryTerm term;
    if (input.pass.step_info.training && options_.balance_weight > 0) {
      term = mean_term(switch_loss(torch::softmax(logits, 1), chosen), options_.switch_weight(),
                       input.pass.batch);
    }
    // Renormalised probabilities are the softmax over the chosen logits.
    return {choose_blocks(chosen, torch::softmax(logits.gather(1, chosen), 1), options_.rank,
                          options_.experts * options_.rank),
            std::move(term)};
  }

  bool chooses_per_row() const override { return true; }
  bool rows_are_independent() const override { return options_.balance_weight == 0; }
  double active_ranks(std::int64_t /*ranks*/, const StepInfo& /*step_info*/) const override {
    return static_cast<double>(options_.active * options_.rank);
  }

 private:
  MixLoraOptions options_;
  torch::Tensor router_;  // [E, in]
};

class MixLora : public Adapter {
 public:
  explicit MixLora(BySite<MixLoraOptions> options) : options_(std::move(options)) {}

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    const MixLoraOptions& options = options_.at(site.name);
    const bool experts = options.has_experts(site.name);
    any_experts_ = any_experts_ || experts;
    ++made_;
    check(any_experts_ || made_ < inputs.sites,
          "expert_sites: none of the adapted linears has experts; the last one is {}", site.name);
    RankUpdateParts parts =
        lora_parts(site, inputs, experts ? options.experts * options.rank : options.rank);
    parts.scale = lora_scale(options.alpha, options.rank);
    parts.dropout = options.dropout;
    if (experts) parts.gate = std::make_shared<MixLoraGate>(options, site, inputs);
    return std::make_shared<RankUpdate>(site, inputs, std::move(parts));
  }

 private:
  BySite<MixLoraOptions> options_;
  std::int64_t made_ = 0;  // sites seen so far
  bool any_experts_ = false;
};

const RegisterVariant<MixLoraOptions> mixlora_registration(
    "mixlora",
    {.paper = "Li et al., 2024 (arXiv:2404.15159), per linear; Fedus et al., 2022, eq. 4-6",
     .summary = "top-2 of 8 low-rank experts on feed-forward linears, plain LoRA elsewhere",
     .exemptions = {{"micro_batches",
                     "the Switch loss multiplies two means over one forward; without it the check "
                     "runs in mixlora_test.cpp"}},
     .differing_by_site = {"experts", "active", "rank", "alpha", "dropout", "balance_weight",
                           "load_over"}},
    [](const BySite<MixLoraOptions>& options) { return std::make_unique<MixLora>(options); });

}  // namespace
}  // namespace rankwise
