// DyLoRA (Valipour et al., EACL 2023): every training step draws a rank b and uses the prefix of b
// ranks at alpha / b, so that one trained pair serves every rank.
//
// b is uniform, and the same for all micro-batches of a step and for all sites of one range
// (smallest to rank); sites of another range draw from theirs, uniform too. Evaluation uses a fixed
// prefix at its own alpha / b. Updating the last rank alone zeroes the other ranks' gradients after
// clipping; AdamW's momentum and decay still move them. Not verified against the text: equation
// numbers; scale and both ways to update were read in the released code.

#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

enum class Trains { kPrefix, kLast };

struct DyloraOptions {
  std::int64_t rank = 8;
  std::int64_t smallest = 1;
  std::optional<std::int64_t> evaluation_rank;
  std::optional<double> alpha;
  double dropout = 0;
  Trains update = Trains::kPrefix;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("rank", "r"), self.rank, "largest rank r", positive());
    field("smallest", self.smallest, "smallest rank that a step may draw", positive());
    field("evaluation_rank", self.evaluation_rank, "ranks used in evaluation; null: all",
          positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "a prefix of b ranks is scaled by alpha / b; null: 2 * rank", positive());
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of A",
          between(0, 0.99));
    field("update", self.update,
          "a step trains its whole prefix, or only its last rank (the paper's frozen mode)",
          {{Trains::kPrefix, "prefix"}, {Trains::kLast, "last"}});
  }

  /// 2: the gradients of all ranks but the last are dropped before clipping, not after it.
  int revision() const { return update == Trains::kLast ? 2 : 1; }

  void validate() const {
    check(smallest <= rank, "smallest: {} is more than the {} ranks there are", smallest, rank);
    const std::int64_t evaluation = evaluation_rank.value_or(rank);
    check(evaluation <= rank, "evaluation_rank: {} is more than the {} ranks there are", evaluation,
          rank);
  }
};

// The b of each training step, alike wherever the range is the same.
class RankDraw {
 public:
  RankDraw(const DyloraOptions& options, const AdapterInputs& inputs)
      : smallest_(options.smallest),
        count_(static_cast<std::uint64_t>(options.rank - options.smallest + 1)),
        seed_(inputs.seed.stream("dylora")) {}

  std::int64_t at(std::int64_t step) const {
    Random random = seed_.stream(static_cast<std::uint64_t>(step)).random();
    return smallest_ + static_cast<std::int64_t>(random.index(count_));
  }

 private:
  std::int64_t smallest_;
  std::uint64_t count_;
  Seed seed_;
};

class PrefixGate : public Gate {
 public:
  PrefixGate(const DyloraOptions& options, const AdapterInputs& inputs)
      : rank_(options.rank),
        evaluation_rank_(options.evaluation_rank.value_or(options.rank)),
        tasks_(inputs.tasks),
        tensors_(inputs.options),
        draw_(options, inputs) {}

  // The update's scale is alpha / r, so the prefix weighs r / b.
  Routing forward(const GateInput& input) override {
    const std::int64_t b = prefix(input.pass.step_info);
    const torch::Tensor last = torch::full({tasks_, 1}, b - 1, tensors_.dtype(torch::kInt64));
    const torch::Tensor mask = prefix_mask(last, rank_);
    const double weight = static_cast<double>(rank_) / static_cast<double>(b);
    return Choice::per_task(mask, mask.to(tensors_) * weight);
  }

  double active_ranks(std::int64_t /*ranks*/, const StepInfo& step_info) const override {
    return static_cast<double>(prefix(step_info));
  }

 private:
  std::int64_t prefix(const StepInfo& step_info) const {
    return step_info.training ? draw_.at(step_info.step) : evaluation_rank_;
  }

  std::int64_t rank_, evaluation_rank_, tasks_;
  torch::TensorOptions tensors_;
  RankDraw draw_;
};

class Dylora : public Adapter {
 public:
  explicit Dylora(BySite<DyloraOptions> options) : options_(std::move(options)) {}

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    const DyloraOptions& options = options_.at(site.name);
    draws_.emplace_back(options, inputs);
    RankUpdateParts parts = lora_parts(site, inputs, options.rank);
    parts.scale = lora_scale(options.alpha, options.rank);
    parts.dropout = options.dropout;
    parts.gate = std::make_shared<PrefixGate>(options, inputs);
    return std::make_shared<RankUpdate>(site, inputs, std::move(parts));
  }

  void edit_gradients(const StepInfo& step_info) override {
    for (std::size_t i = 0; i < attached().size(); ++i) {
      const auto& [site, update] = attached()[i];
      if (options_.at(site.name).update == Trains::kPrefix) continue;
      Factors pair = *update->factors();
      const torch::Tensor ranks = torch::arange(update->ranks(), pair.b.options());
      const torch::Tensor last = ranks == draws_[i].at(step_info.step) - 1;
      pair.a.mutable_grad().mul_(last.unsqueeze(1));
      pair.b.mutable_grad().mul_(last);
    }
  }

 private:
  BySite<DyloraOptions> options_;
  std::vector<RankDraw> draws_;  // of each attached site
};

const RegisterVariant<DyloraOptions> dylora_registration(
    "dylora",
    {.paper = "Valipour et al., EACL 2023 (arXiv:2210.07558)",
     .summary = "each step trains a random prefix of one pair, which then serves every rank"},
    [](const BySite<DyloraOptions>& options) { return std::make_unique<Dylora>(options); });

}  // namespace
}  // namespace rankwise
