// Baselines of several LoRAs: their outputs against LoRA, or against a sum over separate experts
// written out by loops.

#include "experiments/proofs/proof.h"
#include "experiments/proofs/trial.h"

namespace rankwise::proofs {

namespace {

using nlohmann::json;
using torch::Tensor;

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

}  // namespace

std::vector<Proof> mixture_proofs() {
  return {
      {.claim = "one head is LoRA",
       .where = "hydralora, heads 1",
       .error = hydralora_with_one_head},
      {.claim = "heads are a gated mixture of LoRAs that share A",
       .where = "hydralora, sum_e softmax(W_g x)_e B_e A x",
       .error = hydralora_is_a_mixture},
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
  };
}

}  // namespace rankwise::proofs
