// Outputs of methods that must agree, each side written out from its own formula.

#include "experiments/proofs/draw.h"
#include "experiments/proofs/proof.h"

#include <algorithm>
#include <numeric>

namespace rankwise::proofs {

namespace {

using nlohmann::json;
using torch::Tensor;

Tensor base(const OneSite::Shape& shape, const Tensor& x) { return x.mm(shape.weight.t()); }

// The rows' outputs as a sum over separate low-rank experts, chosen and weighted row by row: the
// softmax over the chosen router logits.
Tensor mixture_of_loras(const Tensor& x, const Tensor& a, const Tensor& b, const Tensor& router,
                        std::int64_t chosen, std::int64_t ranks_each) {
  Tensor y = torch::zeros({x.size(0), b.size(0)}, kFp64);
  for (std::int64_t row = 0; row < x.size(0); ++row) {
    const Tensor logits = router.mv(x[row]);
    const Tensor experts = logits.argsort(0, /*descending=*/true).narrow(0, 0, chosen);
    const Tensor share = torch::softmax(logits.index_select(0, experts), 0);
    for (std::int64_t i = 0; i < chosen; ++i) {
      const std::int64_t first = experts[i].item<std::int64_t>() * ranks_each;
      const Tensor expert_a = a.narrow(0, first, ranks_each);
      const Tensor expert_b = b.narrow(1, first, ranks_each);
      y[row] += share[i] * expert_b.mv(expert_a.mv(x[row]));
    }
  }
  return y;
}

double smora_is_a_mixture(const Seed& seed, bool single_ranks) {
  Draw draw(seed);
  const std::int64_t each = single_ranks ? 1 : draw.between(2, 4);
  const std::int64_t experts = draw.between(2, 6);
  const std::int64_t chosen = draw.between(1, experts);
  const OneSite::Shape shape = draw.site();
  // Softmax over the chosen times their number; alpha / active then leaves the plain mixture.
  OneSite smora("smora",
                {{"rank", experts * each},
                 {"active", chosen * each},
                 {"partition", each},
                 {"gate", "softmax"},
                 {"alpha", each}},
                shape);
  draw.fill(smora);
  const Tensor x = draw.normal({draw.between(1, 20), shape.in});
  const Tensor expected =
      base(shape, x) + mixture_of_loras(x, smora.get("lora_A"), smora.get("lora_B"),
                                        smora.get("gate.router"), chosen, each);
  return largest_difference(smora.forward(x), expected);
}

// y = W x + s B (g * (A x)) against LoRA with the same pair and scale.
double against_lora(Draw& draw, OneSite& site, const OneSite::Shape& shape, double scale) {
  const Tensor a = site.get("lora_A");
  const std::int64_t rank = a.size(0);
  OneSite lora("lora", {{"rank", rank}, {"alpha", scale * static_cast<double>(rank)}}, shape);
  site.set("lora_B", draw.normal({shape.out, rank}));
  lora.set("lora_A", a);
  lora.set("lora_B", site.get("lora_B"));
  const Tensor x = draw.normal({draw.between(1, 20), shape.in});
  return largest_difference(site.forward(x), lora.forward(x));
}

double smora_with_all_ranks(const Seed& seed) {
  Draw draw(seed);
  const std::int64_t rank = draw.between(1, 12);
  const OneSite::Shape shape = draw.site();
  OneSite smora("smora", {{"rank", rank}, {"active", rank}, {"alpha", 16}}, shape);
  smora.set("gate.router", torch::zeros({rank, shape.in}, kFp64));
  return against_lora(draw, smora, shape, 16.0 / static_cast<double>(rank));
}

double flylora_with_all_ranks(const Seed& seed) {
  Draw draw(seed);
  const std::int64_t rank = draw.between(1, 12);
  const OneSite::Shape shape = draw.site();
  OneSite fly("flylora", {{"rank", rank}, {"active", rank}}, shape);
  return against_lora(draw, fly, shape, 2);
}

double more_at_full_rank(const Seed& seed) {
  Draw draw(seed);
  const std::int64_t rank = draw.between(1, 12);
  OneSite::Shape shape = draw.site();
  OneSite more("more", {{"rank", rank}, {"rank_scaling", "none"}}, shape);
  more.set("gate.weight", torch::zeros({rank, shape.in}, kFp64));
  more.set("gate.bias", torch::arange(rank, kFp64));  // the last prefix wins
  return against_lora(draw, more, shape, 32.0 / static_cast<double>(rank));
}

// Each task's prefix merged into its own dense weight.
double more_merged_per_task(const Seed& seed) {
  Draw draw(seed);
  const std::int64_t rank = draw.between(1, 10);
  const OneSite::Shape shape = draw.site();
  OneSite more("more", {{"rank", rank}, {"alpha", 8}}, shape);
  draw.fill(more);
  const Tensor chosen = more.update().gate()->selection()->rank;
  const Tensor x = draw.normal({12, shape.in});
  const auto tasks = draw.tasks_of_rows(12, shape.tasks);
  Tensor expected = torch::zeros({12, shape.out}, kFp64);
  for (std::int64_t row = 0; row < 12; ++row) {
    const std::int64_t r = chosen[tasks[row]].item<std::int64_t>();
    const double scale = 8.0 / static_cast<double>(rank * shape.tasks) * static_cast<double>(r);
    const Tensor merged = shape.weight + scale * more.get("lora_B").narrow(1, 0, r).mm(
                                                     more.get("lora_A").narrow(0, 0, r));
    expected[row] = merged.mv(x[row]);
  }
  return largest_difference(more.forward(x, tasks), expected);
}

// The straight-through estimates change gradients only.
double estimates_keep_the_forward(const Seed& seed) {
  Draw draw(seed);
  const OneSite::Shape shape = draw.site();
  const Tensor x = draw.normal({8, shape.in});
  const auto tasks = draw.tasks_of_rows(8, shape.tasks);
  std::vector<Tensor> outputs;
  std::vector<Tensor> values;
  for (const char* selector : {"argmax", "straight_through", "straight_through_all"}) {
    OneSite more("more", {{"selector", selector}}, shape);
    std::size_t next = 0;
    for (const char* name :
         {"gate.task_embedding", "gate.weight", "gate.bias", "lora_A", "lora_B"}) {
      if (outputs.empty()) values.push_back(draw.normal(more.get(name).sizes().vec()));
      more.set(name, values[next++]);
    }
    outputs.push_back(more.forward(x, tasks));
  }
  return std::max(largest_difference(outputs[0], outputs[1]),
                  largest_difference(outputs[0], outputs[2]));
}

double starts_as_the_identity(const Seed& seed) {
  Draw draw(seed);
  double worst = 0;
  for (const std::string& name : variants().names()) {
    const OneSite::Shape shape = draw.site();
    const Tensor x = draw.normal({6, shape.in});
    OneSite site(name, {}, shape);
    if (!site.adapts()) continue;  // a reference method without updates
    worst = std::max(worst, largest_difference(site.forward(x), base(shape, x)));
    worst = std::max(worst, largest_difference(site.forward(x, {}, true), base(shape, x)));
  }
  return worst;
}

}  // namespace

std::vector<Proof> forward_proofs() {
  return {
      {.claim = "blocks of ranks that share a gate are a mixture of LoRAs",
       .where = "smora, partition p; Zhao et al., the unified view",
       .error = [](const Seed& seed) { return smora_is_a_mixture(seed, false); }},
      {.claim = "single ranks with gates are a mixture of rank-one LoRAs",
       .where = "smora, partition 1: B diag(g) A x",
       .error = [](const Seed& seed) { return smora_is_a_mixture(seed, true); }},
      {.claim = "all ranks active and an even router is LoRA",
       .where = "smora, k = R",
       .error = smora_with_all_ranks},
      {.claim = "all ranks active is LoRA with A frozen",
       .where = "flylora, k = R (Thm 3.3: k = r)",
       .error = flylora_with_all_ranks},
      {.claim = "the whole prefix at scale one is LoRA",
       .where = "more, r_t = R",
       .error = more_at_full_rank},
      {.claim = "a task's prefix is the truncated pair, merged",
       .where = "more, W + s r_t/T B[:, :r_t] A[:r_t, :]",
       .error = more_merged_per_task},
      {.claim = "straight-through estimates leave the forward as it is, bit by bit",
       .where = "more, eq. 4 and straight_through_all",
       .limit = 0,
       .error = estimates_keep_the_forward},
      {.claim = "every variant is the identity at the start",
       .where = "all registered variants, B = 0",
       .trials = 3,
       .error = starts_as_the_identity},
  };
}

}  // namespace rankwise::proofs
