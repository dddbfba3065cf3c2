// What each baseline of one pair is in terms of LoRA: its outputs against those of LoRA with other
// factors.

#include "experiments/proofs/proof.h"
#include "experiments/proofs/trial.h"

#include <algorithm>
#include <cmath>

namespace rankwise::proofs {

namespace {

using nlohmann::json;
using torch::Tensor;

double moslora_with_the_identity(const Seed& seed) {
  Trial trial(seed, "moslora", ranks_only);
  trial.site.set("gate.mixer", torch::eye(trial.sizes.rank, kFp64));
  return trial.against_lora(trial.pair());
}

double moslora_mixes_a(const Seed& seed) {
  Trial trial(seed, "moslora", ranks_only);
  return trial.against_lora({trial.site.get("gate.mixer").mm(trial.a()), trial.b(), trial.scale()});
}

// Outputs and the gradient of B against `other` with the same pair and scale.
double lora_fa_against(const Seed& seed, const std::string& other, json options) {
  Trial trial(seed, "lora_fa", ranks_only);
  options["rank"] = trial.sizes.rank;
  OneSite same(other, Trial::with_alpha(options), trial.shape);
  for (const char* name : {"lora_A", "lora_B"}) same.set(name, trial.site.get(name));
  const Tensor weight = trial.draw.normal({trial.x.size(0), trial.shape.out});
  const Tensor expected = same.forward(trial.x);
  (trial.site.forward(trial.x) * weight).sum().backward();
  (expected * weight).sum().backward();
  return std::max(trial.against(expected),
                  largest_difference(trial.b().grad(), same.get("lora_B").grad()));
}

// Norm of each row.
std::vector<double> row_norms(const Tensor& weight) {
  std::vector<double> norms;
  for (std::int64_t row = 0; row < weight.size(0); ++row) {
    norms.push_back(std::sqrt(weight[row].dot(weight[row]).item<double>()));
  }
  return norms;
}

Tensor merged(const Trial& trial) {
  return trial.shape.weight + trial.scale() * trial.b().mm(trial.a());
}

double dora_at_zero_b(const Seed& seed) {
  Trial trial(seed, "dora", ranks_only);
  trial.site.set("magnitude", torch::tensor(row_norms(trial.shape.weight), kFp64));
  trial.site.set("lora_B", torch::zeros_like(trial.b()));
  return trial.against_lora(trial.pair());
}

double dora_at_the_merged_norm(const Seed& seed) {
  Trial trial(seed, "dora", ranks_only);
  trial.site.set("magnitude", torch::tensor(row_norms(merged(trial)), kFp64));
  return trial.against_lora(trial.pair());
}

double dora_scales_the_outputs(const Seed& seed) {
  Trial trial(seed, "dora", ranks_only);
  const std::vector<double> norms = row_norms(merged(trial));
  Tensor expected = trial.x.mm(merged(trial).t());
  for (std::size_t i = 0; i < norms.size(); ++i) {
    const auto out = static_cast<std::int64_t>(i);
    expected.select(1, out) *= trial.site.get("magnitude")[out] / norms[i];
  }
  return trial.against(expected);
}

double dylora_at_full_rank(const Seed& seed) {
  Trial trial(seed, "dylora", ranks_only);
  return trial.against_lora(trial.pair());
}

double dylora_at_a_prefix(const Seed& seed) {
  Trial trial(seed, "dylora", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank + 2}, {"evaluation_rank", sizes.rank}};
  });
  const std::int64_t b = trial.sizes.rank;
  return trial.against_lora({trial.a().narrow(0, 0, b), trial.b().narrow(1, 0, b), trial.scale()});
}

// LoRA with B' = B diag(g); g random but for one zero, or all one.
double gated_by(Trial& trial, const std::string& gate, bool ones) {
  Tensor g = ones ? torch::ones({trial.sizes.rank}, kFp64) : trial.draw.normal({trial.sizes.rank});
  if (!ones) g[trial.draw.between(0, trial.sizes.rank - 1)] = 0;
  trial.site.set(gate, g);
  return trial.against_lora({trial.a(), trial.b().mm(torch::diag(g)), trial.scale()});
}

double sora_is_gated(const Seed& seed, bool ones) {
  Trial trial(seed, "sora", ranks_only);
  return gated_by(trial, "gate.value", ones);
}

double adalora_is_gated(const Seed& seed, bool ones) {
  Trial trial(seed, "adalora", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"target_rank", sizes.rank}};
  });
  return gated_by(trial, "gate.lambda", ones);
}

double ia3_on_the_output(const Seed& seed) {
  Trial trial(seed, "ia3", [](const Sizes&) { return json{{"input_sites", json::array()}}; });
  const Tensor change = torch::diag(trial.site.get("scale") - 1);
  return trial.against_lora({trial.shape.weight, change, 1});
}

double ia3_on_the_input(const Seed& seed) {
  Trial trial(seed, "ia3", [](const Sizes&) { return json{{"input_sites", {"site"}}}; });
  const Tensor change = torch::diag(trial.site.get("scale") - 1);
  return trial.against_lora({change, trial.shape.weight, 1});
}

}  // namespace

std::vector<Proof> baseline_proofs() {
  return {
      {.claim = "an identity mixer is LoRA",
       .where = "moslora, W = 1",
       .error = moslora_with_the_identity},
      {.claim = "the mixer is LoRA with A' = W A",
       .where = "moslora, B (W A) x",
       .error = moslora_mixes_a},
      {.claim = "LoRA-FA is LoRA with A held still, in outputs and in the gradient of B",
       .where = "lora_fa, lora",
       .error = [](const Seed& seed) { return lora_fa_against(seed, "lora", {}); }},
      {.claim = "LoRA-FA is FlyLoRA with the same A and every rank chosen",
       .where = "lora_fa, flylora choice all",
       .error =
           [](const Seed& seed) {
             return lora_fa_against(seed, "flylora", {{"choice", "all"}, {"active", 1}});
           }},
      {.claim = "DoRA at B = 0 and its first magnitude is LoRA at B = 0",
       .where = "dora, B = 0 and m = |W|",
       .error = dora_at_zero_b},
      {.claim = "DoRA whose magnitude is the norm of W + s B A is LoRA",
       .where = "dora, m = |W + s B A|",
       .error = dora_at_the_merged_norm},
      {.claim = "DoRA is LoRA merged, with each output scaled by m / |W + s B A|",
       .where = "dora, eq. 5",
       .error = dora_scales_the_outputs},
      {.claim = "DyLoRA at full rank in evaluation is LoRA",
       .where = "dylora, evaluation_rank null",
       .error = dylora_at_full_rank},
      {.claim = "a prefix of DyLoRA in evaluation is LoRA of that rank at the same alpha",
       .where = "dylora, evaluation_rank b",
       .error = dylora_at_a_prefix},
      {.claim = "SoRA with every gate at one is LoRA",
       .where = "sora, g = 1",
       .error = [](const Seed& seed) { return sora_is_gated(seed, true); }},
      {.claim = "SoRA is LoRA with B' = B diag(g)",
       .where = "sora, some g = 0",
       .error = [](const Seed& seed) { return sora_is_gated(seed, false); }},
      {.claim = "AdaLoRA with every singular value at one and none outside its budget is LoRA",
       .where = "adalora, E = 1",
       .error = [](const Seed& seed) { return adalora_is_gated(seed, true); }},
      {.claim = "AdaLoRA is LoRA with B' = P diag(E)",
       .where = "adalora, some E = 0",
       .error = [](const Seed& seed) { return adalora_is_gated(seed, false); }},
      {.claim = "(IA)^3 on an output is LoRA with A = W and B = diag(s - 1)",
       .where = "ia3, diag(s) W",
       .error = ia3_on_the_output},
      {.claim = "(IA)^3 on an input is LoRA with A = diag(s - 1) and B = W",
       .where = "ia3, W diag(s)",
       .error = ia3_on_the_input},
  };
}

}  // namespace rankwise::proofs
