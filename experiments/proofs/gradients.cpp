// Gradients against central differences, and the straight-through ones against their definitions.

#include "experiments/proofs/draw.h"
#include "experiments/proofs/proof.h"
#include "framework/core/glob.h"
#include "framework/model/model.h"

#include <algorithm>
#include <cmath>

namespace rankwise::proofs {

namespace {

using torch::Tensor;

// What is differentiated: a bounded function of the outputs, and the variant's own loss terms.
Tensor loss_of(OneSite& site, const Tensor& x, const std::vector<std::int32_t>& tasks) {
  Tensor loss = torch::tanh(site.forward(x, tasks, /*training=*/true)).sum();
  const AuxiliaryTerm term = site.adapter().take_auxiliary();
  return term.sum.defined() ? loss + term.sum : loss;
}

// Relative error of one parameter's slope along a random direction.
double slope_error(OneSite& site, const std::string& name, const Tensor& gradient,
                   const Tensor& direction, const std::function<double()>& loss) {
  constexpr double kStep = 1e-6;
  const Tensor origin = site.get(name).detach().clone();
  site.set(name, origin + kStep * direction);
  const double above = loss();
  site.set(name, origin - kStep * direction);
  const double below = loss();
  site.set(name, origin);
  const double expected = (above - below) / (2 * kStep);
  const double found = gradient.defined() ? (gradient * direction).sum().item<double>() : 0;
  return std::abs(found - expected) / std::max(1.0, std::abs(expected));
}

// True where the variant says that a parameter's gradient is no derivative of its forward.
bool exempt(const Variant& variant, const std::string& parameter) {
  const std::string prefix = "finite_differences/";
  return std::any_of(variant.facts.exemptions.begin(), variant.facts.exemptions.end(),
                     [&](const auto& entry) {
                       return entry.first.starts_with(prefix) &&
                              matches(entry.first.substr(prefix.size()), "site." + parameter);
                     });
}

double variant_slopes(const std::string& name, const Seed& seed) {
  Draw draw(seed.stream(name));
  const OneSite::Shape shape = draw.site();
  OneSite site(name, {}, shape);
  if (!site.adapts()) return 0;
  std::vector<std::string> names;
  for (const auto& item : site.update().named_parameters()) {
    site.set(item.key(), item.value().detach() + 0.3 * draw.normal(item.value().sizes().vec()));
    if (!exempt(variants().find(name), item.key())) names.push_back(item.key());
  }
  const Tensor x = draw.normal({7, shape.in});
  const auto tasks = draw.tasks_of_rows(7, shape.tasks);
  loss_of(site, x, tasks).backward();
  const auto value = [&] {
    const torch::NoGradGuard no_grad;
    return loss_of(site, x, tasks).item<double>();
  };
  double worst = 0;
  for (const std::string& parameter : names) {
    const Tensor direction = draw.normal(site.get(parameter).sizes().vec());
    worst = std::max(worst, slope_error(site, parameter, site.get(parameter).grad(),
                                        direction / direction.norm(), value));
  }
  return worst;
}

// A MoRE site with random values whose outputs' gradient is `weight`; gives dL/dlogits [T, R].
struct SelectorGradient {
  SelectorGradient(const std::string& selector, const Seed& seed)
      : draw(seed), shape(draw.site()), rank(draw.between(2, 8)) {
    site = std::make_unique<OneSite>(
        "more", nlohmann::json{{"rank", rank}, {"selector", selector}, {"contrastive_weight", 0}},
        shape);
    draw.fill(*site);
    x = draw.normal({9, shape.in});
    tasks = draw.tasks_of_rows(9, shape.tasks);
    weight = draw.normal({9, shape.out});
    (site->forward(x, tasks) * weight).sum().backward();
    probability = site->update().gate()->selection()->probability;
    chosen = site->update().gate()->selection()->rank;
  }

  // [T]: the loss of using prefix `r` alone for every row of a task, by its own product.
  Tensor loss_of_prefix(std::int64_t r) const {
    const double scale = 32.0 / static_cast<double>(rank) * static_cast<double>(r) /
                         static_cast<double>(shape.tasks);
    const Tensor pair = site->get("lora_B").narrow(1, 0, r).mm(site->get("lora_A").narrow(0, 0, r));
    const Tensor losses = (scale * x.mm(pair.t()) * weight).sum(1).detach();
    Tensor sum = torch::zeros({shape.tasks}, kFp64);
    for (std::size_t row = 0; row < tasks.size(); ++row) {
      sum[tasks[row]] += losses[static_cast<std::int64_t>(row)];
    }
    return sum;
  }

  // The bias gets the sum of dL/dlogits over tasks.
  double error_against(const Tensor& logits_gradient) const {
    return largest_difference(site->get("gate.bias").grad(), logits_gradient.sum(0));
  }

  Draw draw;
  OneSite::Shape shape;
  std::int64_t rank;
  std::unique_ptr<OneSite> site;
  Tensor x, weight, probability, chosen;
  std::vector<std::int32_t> tasks;
};

double printed_estimator(const Seed& seed) {
  const SelectorGradient found("straight_through", seed);
  Tensor expected = torch::zeros_like(found.probability);
  for (std::int64_t t = 0; t < found.shape.tasks; ++t) {
    const std::int64_t r = found.chosen[t].item<std::int64_t>();
    const Tensor p = found.probability[t];
    const Tensor one_hot = torch::zeros_like(p).index_fill(0, torch::tensor({r - 1}), 1);
    expected[t] = found.loss_of_prefix(r)[t] * p[r - 1] * (one_hot - p);
  }
  return found.error_against(expected);
}

double estimator_of_all_prefixes(const Seed& seed) {
  const SelectorGradient found("straight_through_all", seed);
  std::vector<Tensor> losses;
  for (std::int64_t r = 1; r <= found.rank; ++r) losses.push_back(found.loss_of_prefix(r));
  const Tensor c = torch::stack(losses, 1);  // [T, R]
  const Tensor mean = (found.probability * c).sum(1, /*keepdim=*/true);
  return found.error_against(found.probability * (c - mean));
}

}  // namespace

std::vector<Proof> gradient_proofs() {
  std::vector<Proof> proofs{
      {.claim = "the printed selector's gradient is c p_i (delta_ij - p_j)",
       .where = "more, eq. 4: only the chosen prefix counts",
       .error = printed_estimator},
      {.claim = "one cumulative sum gives the gradient of all prefixes' products",
       .where = "more, straight_through_all against r separate products",
       .error = estimator_of_all_prefixes},
  };
  for (const std::string& name : variants().names()) {
    proofs.push_back({.claim = name + ": gradients agree with finite differences",
                      .where = "but for what its exemptions name",
                      .limit = kSlope,
                      .trials = 3,
                      .error = [name](const Seed& seed) { return variant_slopes(name, seed); }});
  }
  return proofs;
}

}  // namespace rankwise::proofs
