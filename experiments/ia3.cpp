// (IA)^3 (Liu et al., NeurIPS 2022): learnt scales of activations; nothing else is trained.
//
// The paper scales keys, values and the inner activation of the feed-forward block, which is the
// input of its second linear: name those linears in a study's `sites`. All tasks share the scales.
// Not verified against the text: an output is scaled with its bias (the paper's T5 has none).

#include "framework/adapter/variant.h"
#include "framework/core/glob.h"
#include "framework/model/model.h"

#include <algorithm>

namespace rankwise {
namespace {

struct Ia3Options {
  std::vector<std::string> input_sites = {"encoder.layer.?.output.dense",
                                          "encoder.layer.??.output.dense"};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("input_sites", self.input_sites,
          "patterns of the sites whose input is scaled; elsewhere it is the output");
  }

  bool scales_input(const std::string& site) const {
    return std::any_of(input_sites.begin(), input_sites.end(),
                       [&](const std::string& pattern) { return matches(pattern, site); });
  }
};

class ScaleUpdate : public Update {
 public:
  ScaleUpdate(std::int64_t width, bool scales_input, const AdapterInputs& inputs)
      : scales_input_(scales_input),
        scale_(register_parameter("scale", torch::ones({width}, inputs.options))) {}

  torch::Tensor forward(const torch::Tensor& x, const FrozenLinear& frozen,
                        const Pass& /*pass*/) override {
    return scales_input_ ? frozen(x * scale_) : frozen(x) * scale_;
  }

 private:
  bool scales_input_;
  torch::Tensor scale_;  // [in] or [out]
};

class Ia3 : public Adapter {
 public:
  explicit Ia3(const Ia3Options& options) : options_(options) {}

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    const bool input = options_.scales_input(site.name);
    return std::make_shared<ScaleUpdate>(input ? site.in : site.out, input, inputs);
  }

 private:
  Ia3Options options_;
};

nlohmann::json ia3_to_peft(const nlohmann::json& options, const std::vector<PeftSite>& sites) {
  const auto ia3 = parse_options<Ia3Options>(options, "options");
  nlohmann::json modules = nlohmann::json::array();
  for (const auto& [site, module] : sites) {
    if (ia3.scales_input(site)) modules.push_back(module);
  }
  return {{"feedforward_modules", modules}};
}

std::optional<nlohmann::json> ia3_from_peft(const nlohmann::json& config,
                                            const std::vector<PeftSite>& sites) {
  nlohmann::json inputs = nlohmann::json::array();
  for (const auto& [site, module] : sites) {
    if (names_module(config.value("feedforward_modules", nlohmann::json()), module)) {
      inputs.push_back(site);
    }
  }
  return {{{"input_sites", inputs}}};
}

// Scales of inputs are a row there, those of outputs a column.
SiteTensors ia3_going_out(SiteTensors tensors, const PeftSite& site, const nlohmann::json& config) {
  torch::Tensor& scale = tensors.at("ia3_l");
  const bool input = names_module(config.at("feedforward_modules"), site.module);
  scale = scale.unsqueeze(input ? 0 : 1);
  return tensors;
}

SiteTensors ia3_coming_in(SiteTensors tensors, const PeftSite& site, const nlohmann::json& config) {
  torch::Tensor& scale = tensors.at("ia3_l");
  const bool input =
      names_module(config.value("feedforward_modules", nlohmann::json()), site.module);
  check(scale.dim() == 2 && scale.size(input ? 0 : 1) == 1, "{}.ia3_l: has shape {}, expected {}",
        site.module, shape_text(scale),
        input ? "[1, inputs], for it is among the feedforward_modules" : "[outputs, 1]");
  scale = scale.reshape({-1});
  return tensors;
}

const RegisterVariant<Ia3Options> ia3_registration(
    "ia3",
    {.paper = "Liu et al., NeurIPS 2022 (arXiv:2205.05638), (IA)^3",
     .summary = "learnt scales of the sites' outputs or inputs",
     .exemptions = {{"usage", "nothing is routed"}, {"training_usage", "nothing is routed"}},
     .peft = PeftForm{.type = "IA3",
                      .names = {{"scale", "ia3_l"}},
                      .write = ia3_to_peft,
                      .read = ia3_from_peft,
                      .going_out = ia3_going_out,
                      .coming_in = ia3_coming_in}},
    [](const Ia3Options& options) { return std::make_unique<Ia3>(options); });

}  // namespace
}  // namespace rankwise
