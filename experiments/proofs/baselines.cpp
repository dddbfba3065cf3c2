// What each baseline is in terms of LoRA: its outputs against those of LoRA with other factors, or
// against a sum over separate experts written out by loops.

#include "experiments/proofs/draw.h"
#include "experiments/proofs/proof.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace rankwise {

namespace {

using nlohmann::json;
using torch::Tensor;

constexpr double kAlpha = 5;  // no variant's default

struct Sizes {
  std::int64_t rank, count;  // `count`: of experts, heads or LoRAs, two at least
};
using OptionsOf = std::function<json(const Sizes& sizes)>;

// A variant of random sizes with random parameters, and rows to compare it on.
struct Trial {
  Trial(const Seed& seed, const std::string& name, const OptionsOf& options)
      : draw(seed),
        sizes{draw.between(1, 6), draw.between(2, 5)},
        shape(draw.site()),
        site(name, with_alpha(options(sizes)), shape),
        x(draw.normal({draw.between(1, 20), shape.in})),
        tasks(draw.tasks_of_rows(x.size(0), shape.tasks)) {
    draw.fill(site);
  }

  static json with_alpha(json options) {
    if (options.contains("rank")) options["alpha"] = kAlpha;
    return options;
  }

  Tensor a() const { return site.get("lora_A"); }
  Tensor b() const { return site.get("lora_B"); }
  double scale() const { return kAlpha / static_cast<double>(sizes.rank); }
  Factors pair() const { return {a(), b(), scale()}; }

  double against(const Tensor& expected) {
    return largest_difference(site.forward(x, tasks), expected);
  }
  double against_lora(const Factors& pair) {
    const auto rank = static_cast<double>(pair.a.size(0));
    OneSite lora("lora", {{"rank", pair.a.size(0)}, {"alpha", pair.scale * rank}}, shape);
    lora.set("lora_A", pair.a);
    lora.set("lora_B", pair.b);
    return against(lora.forward(x));
  }

  Draw draw;
  Sizes sizes;
  OneSite::Shape shape;
  OneSite site;
  Tensor x;
  std::vector<std::int32_t> tasks;
};

// Blocks of neighbouring ranks as LoRAs of their own; where A has fewer rows, all share it.
std::vector<Factors> experts_of(const Trial& trial) {
  const std::int64_t rank = trial.sizes.rank;
  std::vector<Factors> experts;
  for (std::int64_t first = 0; first < trial.b().size(1); first += rank) {
    const Tensor a = trial.a().size(0) == rank ? trial.a() : trial.a().narrow(0, first, rank);
    experts.push_back({a, trial.b().narrow(1, first, rank), trial.scale()});
  }
  return experts;
}

// share_e s B_e A_e x summed over experts. x [in], shares [E].
Tensor mixed(const Tensor& x, const Tensor& shares, const std::vector<Factors>& experts) {
  Tensor y = torch::zeros({experts[0].b.size(0)}, kFp64);
  for (std::size_t e = 0; e < experts.size(); ++e) {
    const Factors& expert = experts[e];
    y += shares[static_cast<std::int64_t>(e)] * expert.scale * expert.b.mv(expert.a.mv(x));
  }
  return y;
}

// W x plus the mixture, row by row; shares [N, E].
Tensor mixture(const Trial& trial, const Tensor& shares, const std::vector<Factors>& experts) {
  Tensor y = trial.x.mm(trial.shape.weight.t());
  for (std::int64_t row = 0; row < y.size(0); ++row) {
    y[row] += mixed(trial.x[row], shares[row], experts);
  }
  return y;
}

// The softmax over the `chosen` largest router logits of each row, zero elsewhere; [N, E].
Tensor router_shares(const Trial& trial, std::int64_t chosen) {
  const Tensor logits = trial.x.mm(trial.site.get("gate.router").t());
  Tensor shares = torch::zeros_like(logits);
  for (std::int64_t row = 0; row < logits.size(0); ++row) {
    const Tensor best = logits[row].argsort(0, /*descending=*/true).narrow(0, 0, chosen);
    shares[row].index_copy_(0, best, torch::softmax(logits[row].index_select(0, best), 0));
  }
  return shares;
}

json ranks_only(const Sizes& sizes) { return {{"rank", sizes.rank}}; }

double hydralora_with_one_head(const Seed& seed) {
  Trial trial(seed, "hydralora", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"heads", 1}};
  });
  return trial.against_lora(trial.pair());
}

double hydralora_is_a_mixture(const Seed& seed) {
  Trial trial(seed, "hydralora", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"heads", sizes.count}};
  });
  return trial.against(mixture(trial, router_shares(trial, trial.sizes.count), experts_of(trial)));
}

double moslora_with_the_identity(const Seed& seed) {
  Trial trial(seed, "moslora", ranks_only);
  trial.site.set("gate.mixer", torch::eye(trial.sizes.rank, kFp64));
  return trial.against_lora(trial.pair());
}

double moslora_mixes_a(const Seed& seed) {
  Trial trial(seed, "moslora", ranks_only);
  return trial.against_lora({trial.site.get("gate.mixer").mm(trial.a()), trial.b(), trial.scale()});
}

double multilora_with_one_lora(const Seed& seed) {
  Trial trial(seed, "multilora", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"parallel", 1}};
  });
  const Tensor s = trial.site.get("gate.scale")[0];
  return trial.against_lora({trial.a(), torch::diag(s).mm(trial.b()), trial.scale()});
}

double multilora_is_a_sum(const Seed& seed) {
  Trial trial(seed, "multilora", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"parallel", sizes.count}};
  });
  std::vector<Factors> experts = experts_of(trial);
  for (std::size_t i = 0; i < experts.size(); ++i) {
    const Tensor s = trial.site.get("gate.scale")[static_cast<std::int64_t>(i)];
    experts[i].b = torch::diag(s).mm(experts[i].b);
  }
  const Tensor ones = torch::ones({trial.x.size(0), trial.sizes.count}, kFp64);
  return trial.against(mixture(trial, ones, experts));
}

double mtl_lora_with_one_head(const Seed& seed) {
  Trial trial(seed, "mtl_lora", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"heads", 1}};
  });
  trial.site.set("gate.task_matrix",
                 torch::eye(trial.sizes.rank, kFp64).repeat({trial.shape.tasks, 1, 1}));
  return trial.against_lora(trial.pair());
}

double mtl_lora_is_a_mixture_per_task(const Seed& seed) {
  Trial trial(seed, "mtl_lora", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"heads", sizes.count}, {"temperature", 0.5}};
  });
  Tensor expected = trial.x.mm(trial.shape.weight.t());
  for (std::size_t i = 0; i < trial.tasks.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    std::vector<Factors> heads = experts_of(trial);
    for (Factors& head : heads) {
      head.a = trial.site.get("gate.task_matrix")[trial.tasks[i]].mm(head.a);
    }
    const Tensor weights = trial.site.get("gate.head_weight")[trial.tasks[i]];
    expected[row] += mixed(trial.x[row], torch::softmax(weights / 0.5, 0), heads);
  }
  return trial.against(expected);
}

// In evaluation; `chosen` 0: every expert.
double lora_moe_is_a_mixture(const Seed& seed, const char* routing, std::int64_t chosen) {
  Trial trial(seed, "lora_moe", [&](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"experts", sizes.count}, {"routing", routing}};
  });
  const Tensor shares = router_shares(trial, chosen == 0 ? trial.sizes.count : chosen);
  return trial.against(mixture(trial, shares, experts_of(trial)));
}

double smear_merges_the_factors(const Seed& seed) {
  Trial trial(seed, "lora_moe", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"experts", sizes.count}, {"routing", "smear"}};
  });
  const Tensor shares = router_shares(trial, trial.sizes.count);
  const std::vector<Factors> experts = experts_of(trial);
  Tensor expected = trial.x.mm(trial.shape.weight.t());
  for (std::int64_t row = 0; row < expected.size(0); ++row) {
    Tensor a = torch::zeros_like(experts[0].a);
    Tensor b = torch::zeros_like(experts[0].b);
    for (std::size_t e = 0; e < experts.size(); ++e) {
      const Tensor share = shares[row][static_cast<std::int64_t>(e)];
      a += share * experts[e].a;
      b += share * experts[e].b;
    }
    expected[row] += trial.scale() * b.mv(a.mv(trial.x[row]));
  }
  return trial.against(expected);
}

double mixlora_is_a_mixture(const Seed& seed) {
  Trial trial(seed, "mixlora", [](const Sizes& sizes) {
    return json{
        {"rank", sizes.rank}, {"experts", sizes.count}, {"active", 2}, {"expert_sites", {"site"}}};
  });
  return trial.against(mixture(trial, router_shares(trial, 2), experts_of(trial)));
}

double split_lora_with_one_expert(const Seed& seed) {
  Trial trial(seed, "split_lora", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"experts", 1}, {"active", sizes.rank}};
  });
  const Tensor logits = trial.x.mm(trial.site.get("gate.router").t());  // [N, 1]
  return trial.against(mixture(trial, 1 / (1 + torch::exp(-logits)), experts_of(trial)));
}

double moelora_with_one_expert(const Seed& seed) {
  Trial trial(seed, "moelora", [](const Sizes& sizes) {
    return json{{"rank", sizes.rank}, {"experts", 1}};
  });
  return trial.against_lora(trial.pair());
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
      {.claim = "one head is LoRA",
       .where = "hydralora, heads 1",
       .error = hydralora_with_one_head},
      {.claim = "heads are a gated mixture of LoRAs that share A",
       .where = "hydralora, sum_e softmax(W_g x)_e B_e A x",
       .error = hydralora_is_a_mixture},
      {.claim = "an identity mixer is LoRA",
       .where = "moslora, W = 1",
       .error = moslora_with_the_identity},
      {.claim = "the mixer is LoRA with A' = W A",
       .where = "moslora, B (W A) x",
       .error = moslora_mixes_a},
      {.claim = "one LoRA with output scales is LoRA with B' = diag(s) B",
       .where = "multilora, parallel 1",
       .error = multilora_with_one_lora},
      {.claim = "parallel LoRAs are the sum of LoRAs with B'_i = diag(s_i) B_i",
       .where = "multilora, sum_i s_i * B_i A_i x",
       .error = multilora_is_a_sum},
      {.claim = "one head and identity task matrices are LoRA",
       .where = "mtl_lora, heads 1, Lambda_t = 1",
       .error = mtl_lora_with_one_head},
      {.claim = "each task is a mixture of LoRAs that share Lambda_t A",
       .where = "mtl_lora, sum_i softmax(w_t / tau)_i B^i Lambda_t A x",
       .error = mtl_lora_is_a_mixture_per_task},
      {.claim = "soft routing is the mixture of all experts",
       .where = "lora_moe, soft",
       .error = [](const Seed& seed) { return lora_moe_is_a_mixture(seed, "soft", 0); }},
      {.claim = "top-2 routing is the mixture of the best two experts",
       .where = "lora_moe, top2",
       .error = [](const Seed& seed) { return lora_moe_is_a_mixture(seed, "top2", 2); }},
      {.claim = "top-1 routing is the best expert alone in evaluation",
       .where = "lora_moe, top1",
       .error = [](const Seed& seed) { return lora_moe_is_a_mixture(seed, "top1", 1); }},
      {.claim = "SMEAR applies the softmax to the factors, not to the outputs",
       .where = "lora_moe, smear: (sum_e p_e B_e) (sum_e p_e A_e) x",
       .error = smear_merges_the_factors},
      {.claim = "experts at one linear are the mixture of the best two",
       .where = "mixlora, at an expert site",
       .error = mixlora_is_a_mixture},
      {.claim = "one expert is LoRA times sigmoid(w x)",
       .where = "split_lora, experts 1",
       .error = split_lora_with_one_expert},
      {.claim = "one expert under a task's softmax is LoRA",
       .where = "moelora, experts 1",
       .error = moelora_with_one_expert},
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

}  // namespace rankwise
