/// A variant with random parameters at one linear: what proofs of baselines begin with.
#pragma once

#include "experiments/proofs/draw.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rankwise::proofs {

inline constexpr double kTrialAlpha = 5;  // no variant's default

struct Sizes {
  std::int64_t rank, count;  // `count`: of experts, heads or LoRAs, two at least
};
using OptionsOf = std::function<nlohmann::json(const Sizes& sizes)>;

/// Options of a variant that has no others.
inline nlohmann::json ranks_only(const Sizes& sizes) { return {{"rank", sizes.rank}}; }

/// A variant of random sizes with random parameters, and rows to compare it on.
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

  static nlohmann::json with_alpha(nlohmann::json options) {
    if (options.contains("rank")) options["alpha"] = kTrialAlpha;
    return options;
  }

  torch::Tensor a() const { return site.get("lora_A"); }
  torch::Tensor b() const { return site.get("lora_B"); }
  double scale() const { return kTrialAlpha / static_cast<double>(sizes.rank); }
  Factors pair() const { return {a(), b(), scale()}; }

  double against(const torch::Tensor& expected) {
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
  torch::Tensor x;
  std::vector<std::int32_t> tasks;
};

}  // namespace rankwise::proofs
