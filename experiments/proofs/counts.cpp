// Numbers that papers print or that follow from their definitions: probabilities, parameter
// counts, a balance trace, statistics of FlyLoRA's A.

#include "experiments/proofs/draw.h"
#include "experiments/proofs/proof.h"
#include "framework/adapter/routing.h"
#include "framework/data/sampler.h"

#include <algorithm>
#include <cmath>

namespace rankwise::proofs {

namespace {

using nlohmann::json;
using torch::Tensor;

// Training sizes of GLUE's eight tasks and phi_t of each, to five digits.
double sampler_probabilities(const Seed& /*seed*/) {
  const std::vector<double> sizes{8551, 392702, 3668, 104743, 363846, 2490, 67349, 5749};
  const std::vector<double> printed{.10978, .16455, .10922, .12149, .15963, .10908, .11680, .10946};
  const std::vector<double> weights = task_weightings().find("size_softmax").weights(sizes, {});
  double total = 0;
  for (const double weight : weights) total += weight;
  double worst = 0;
  for (std::size_t t = 0; t < sizes.size(); ++t) {
    worst = std::max(worst, std::abs(weights[t] / total - printed[t]));
  }
  return worst;
}

// Loads of three steps and where the bias must stand after each, at a step of 1/8.
double balance_trace(const Seed& /*seed*/) {
  const std::vector<std::vector<std::int64_t>> loads{{4, 0, 2, 2}, {3, 3, 1, 1}, {8, 0, 0, 0}};
  const std::vector<std::vector<double>> expected{
      {-0.125, 0.125, 0, 0}, {-0.25, 0, 0.125, 0.125}, {-0.375, 0.125, 0.25, 0.25}};
  Tensor bias = torch::zeros({4}, kFp64);
  double worst = 0;
  for (std::size_t step = 0; step < loads.size(); ++step) {
    move_balance_bias(bias, torch::tensor(loads[step], torch::kInt64), 0.125);
    worst = std::max(worst, largest_difference(bias, torch::tensor(expected[step], kFp64)));
  }
  return worst;
}

// `count` linears of one shape in a backbone.
struct Linears {
  std::int64_t count, in, out;
};

// T5-base: 36 attentions of q, k, v, o and 24 feed-forwards of wi, wo.
const std::vector<Linears> kT5Base{{144, 768, 768}, {24, 768, 3072}, {24, 3072, 768}};
const std::vector<Linears> kLlama2{{128, 4096, 4096}, {64, 4096, 11008}, {32, 11008, 4096}};
// Llama-3.1-8B: q and o; k and v; gate and up; down.
const std::vector<Linears> kLlama3{
    {64, 4096, 4096}, {64, 4096, 1024}, {64, 4096, 14336}, {32, 14336, 4096}};
constexpr double kLlama3Parameters = 8030261248;

// Trainable parameters of a variant on such a backbone, summed over the updates it really makes.
double trainable(const std::string& name, const json& options, const std::vector<Linears>& linears,
                 std::int64_t tasks) {
  double total = 0;
  for (const Linears& linear : linears) {
    OneSite site(name, options, {.in = linear.in, .out = linear.out, .tasks = tasks});
    for (const Tensor& parameter : site.update().parameters()) {
      if (parameter.requires_grad()) {
        total += static_cast<double>(parameter.numel() * linear.count);
      }
    }
  }
  return total;
}

double active(const std::string& name, const std::vector<Linears>& linears) {
  double total = 0;
  for (const Linears& linear : linears) {
    OneSite site(name, {}, {.in = linear.in, .out = linear.out});
    total += static_cast<double>(site.update().active_parameters() * linear.count);
  }
  return total;
}

Proof printed_count(std::string claim, std::string where, double printed,
                    std::function<double()> ours) {
  // Printed with two digits: they may round to a neighbour.
  return {.claim = std::move(claim),
          .where = std::move(where),
          .limit = 0.01,
          .trials = 1,
          .error = [printed, ours = std::move(ours)](const Seed&) {
            return std::abs(ours() - printed);
          }};
}

double coactivation(const Seed& seed) {
  constexpr std::int64_t kRanks = 32;
  constexpr std::int64_t kActive = 8;
  Draw draw(seed);
  OneSite site("flylora", {{"rank", kRanks}, {"active", kActive}, {"choice", "random"}}, {});
  const std::int64_t rows = draw.between(50, 100);
  site.forward(draw.normal({rows, 2}));
  const Tensor together = site.update().evaluation_usage()->coactivation().to(torch::kFloat64);
  const Tensor pairs = together - torch::diag(together.diagonal());
  const double mean =
      pairs.sum().item<double>() / (kRanks * (kRanks - 1)) / static_cast<double>(rows);
  return std::abs(mean - 56.0 / 992);
}

// Entries of A_i A_j^T for independent A: deviation p / (sqrt(n) r^2) (Thm 3.4's variance).
double row_products(const Seed& seed) {
  const auto a = [&](std::uint64_t i) {
    const Variant& fly = variants().find("flylora");
    const auto adapter = fly.make(fly.resolve({{"init_scale", "paper"}}, "options"));
    const AdapterInputs inputs{1, 1, kFp64, seed.stream(i), {}};
    return adapter->make_update({"site", 4096, 1, {}}, inputs)->factors()->a;
  };
  return std::abs(a(0).mm(a(1).t()).std().item<double>() - 0.015625);
}

// <B_i A_i, B_j A_j> = tr(B_j^T B_i A_i A_j^T).
double interference(const Seed& seed) {
  Draw draw(seed);
  const std::int64_t rank = draw.between(1, 6);
  const std::int64_t in = draw.between(2, 12);
  const std::int64_t out = draw.between(2, 12);
  const Tensor b1 = draw.normal({out, rank});
  const Tensor a1 = draw.normal({rank, in});
  const Tensor b2 = draw.normal({out, rank});
  const Tensor a2 = draw.normal({rank, in});
  const Tensor product = (b1.mm(a1) * b2.mm(a2)).sum();
  return largest_difference(product, b2.t().mm(b1).mm(a1).mm(a2.t()).trace());
}

}  // namespace

std::vector<Proof> count_proofs() {
  const json rank8{{"rank", 8}};
  constexpr double kMebi = 1 << 20;
  return {
      {.claim = "phi_t of the eight GLUE tasks, five digits",
       .where = "sampler size_softmax; Zhang et al.",
       .limit = 5.01e-6,
       .trials = 1,
       .error = sampler_probabilities},
      {.claim = "the balance bias follows a trace worked out by hand",
       .where = "FlyLoRA eq. 9; SMoRA",
       .limit = 0,
       .trials = 1,
       .error = balance_trace},
      printed_count("LoRA r = 8 on T5-base: 0.39M a task", "MoRE's main table, units of 2^20", 0.39,
                    [=] { return trainable("lora", rank8, kT5Base, 8) / 8 / kMebi; }),
      printed_count("MoRE on T5-base: 0.78M a task", "MoRE's main table, units of 2^20", 0.78,
                    [=] { return trainable("more", rank8, kT5Base, 8) / 8 / kMebi; }),
      printed_count("LoRA r = 8 on LLaMA2-7B: 2.5M a task", "MoRE's main table, units of 10^6", 2.5,
                    [=] { return trainable("lora", rank8, kLlama2, 8) / 8 / 1e6; }),
      printed_count("FlyLoRA on Llama-3.1-8B: .13 % active (ours: .137)", "FlyLoRA, Table 1", 0.13,
                    [=] { return active("flylora", kLlama3) / kLlama3Parameters * 100; }),
      {.claim = "counted pairs of 8 active ranks of 32 average to k(k-1)/(r(r-1)) = .0565 a pair",
       .where = "FlyLoRA, Assumption 3.2 and Thm 3.3",
       .limit = 1e-12,
       .error = coactivation},
      {.claim = "entries of A_i A_j^T have deviation p / (sqrt(n) r^2) = .0156",
       .where = "FlyLoRA, Thm 3.4; 1024 entries, so to five standard errors",
       .limit = 5 * 0.015625 / std::sqrt(2 * 1024.0),
       .trials = 3,
       .error = row_products},
      {.claim = "the inner product of two updates is tr(B_j^T B_i A_i A_j^T)",
       .where = "FlyLoRA, Cor. A.5",
       .error = interference},
  };
}

}  // namespace rankwise::proofs
