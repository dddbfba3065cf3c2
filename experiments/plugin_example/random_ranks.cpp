// An example of a variant of your own: each token uses k ranks drawn at random in training, a
// baseline for learnt routers; in evaluation all tokens use the same k.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"

namespace {

using namespace rankwise;

struct RandomRanksOptions {
  std::int64_t rank = 16;
  std::int64_t active = 4;
  double alpha = 16;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("rank", self.rank, "total ranks r", positive());
    field("active", self.active, "ranks k that a token uses in training", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / active", positive());
  }

  void validate() const {
    check(active <= rank, "active: {} is more than the {} ranks there are", active, rank);
  }
};

class RandomRanksGate : public Gate {
 public:
  RandomRanksGate(const RandomRanksOptions& options, std::string site)
      : options_(options), site_(std::move(site)) {}

  Routing forward(const GateInput& input) override {
    const auto rows = input.pass.batch.rows();
    // In evaluation the draw is the same for every row, so that neighbours change nothing.
    const Seed noise = input.pass.step_info.training ? input.pass.noise.stream(site_) : Seed(0);
    const torch::Tensor scores = uniform_tensor(
        {input.pass.step_info.training ? rows : 1, options_.rank}, 1, noise, input.x.options());
    const torch::Tensor chosen = top_k(scores.expand({rows, options_.rank}), options_.active);
    return Choice::per_row(chosen, torch::ones(chosen.sizes(), input.x.options()), options_.rank);
  }

  bool chooses_per_row() const override { return true; }
  bool rows_are_independent() const override { return false; }  // ranks are drawn row by row
  double active_ranks(std::int64_t /*ranks*/, const StepInfo& /*step_info*/) const override {
    return static_cast<double>(options_.active);
  }

 private:
  RandomRanksOptions options_;
  std::string site_;
};

RankUpdateParts random_ranks(const RandomRanksOptions& options, const Site& site,
                             const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.rank);
  parts.scale = options.alpha / static_cast<double>(options.active);
  parts.gate = std::make_shared<RandomRanksGate>(options, site.name);
  return parts;
}

const RegisterVariant<RandomRanksOptions> registration(
    "random_ranks",
    {.paper = "this project's example of a plug-in",
     .summary = "each token uses k random ranks in training, k fixed ones in evaluation",
     .exemptions = {{"micro_batches", "each micro-batch draws its own ranks"}}},
    random_ranks);

}  // namespace
