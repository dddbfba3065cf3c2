#include "framework/model/tiny.h"

#include "framework/adapter/random_tensor.h"

namespace rankwise {

namespace {

struct TinyOptions {
  std::int64_t layers = 3;
  std::int64_t width = 32;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("layers", self.layers, "tanh layers", between(1, 1000));
    field("width", self.width, "width for token suites; feature suites set their own", positive());
  }
};

}  // namespace

torch::Tensor orthogonal_matrix(std::int64_t size, const Seed& seed) {
  const torch::Tensor gaussian =
      normal_tensor({size, size}, 1, seed, torch::TensorOptions().dtype(torch::kFloat64));
  const auto [q, r] = at::linalg_qr(gaussian);
  return q * torch::sign(r.diagonal());
}

Tiny::Tiny(std::int64_t width, std::int64_t layers, std::int64_t vocabulary, const Seed& seed,
           const torch::TensorOptions& options)
    : width_(width) {
  if (vocabulary > 0) {
    embedding_ = register_parameter(
        "embedding", normal_tensor({vocabulary, width}, 1, seed.stream("embedding"), options));
  }
  const auto folder = register_module("layer", std::make_shared<torch::nn::Module>());
  const torch::NoGradGuard no_grad;
  for (std::int64_t i = 0; i < layers; ++i) {
    const std::string name = std::to_string(i);
    Linear linear = folder->register_module(name, Linear(width, width, false, options));
    linear->weight.copy_(orthogonal_matrix(width, seed.stream("layer." + name)));
    layers_.push_back(linear);
  }
}

Hidden Tiny::forward(const Pass& pass) {
  torch::Tensor h = activations(embedding_.defined() ? at::embedding(embedding_, pass.batch.tokens)
                                                     : pass.batch.features);
  for (Linear& layer : layers_) h = at::tanh(layer(h, pass));
  return {h};
}

namespace {

BackboneKind tiny_kind() {
  return {.summary = "random orthogonal tanh network, for tests and suites with known truth",
          .options = describe_options<TinyOptions>(),
          .default_sites = {"layer.*"},
          .resolve =
              [](const nlohmann::json& options, const std::string& path) {
                return options_to_json(parse_options<TinyOptions>(options, path));
              },
          .make =
              [](const nlohmann::json& options, const BackboneInputs& inputs) {
                const auto parsed = parse_options<TinyOptions>(options, "backbone.options");
                const bool features = inputs.feature_width > 0;
                return std::static_pointer_cast<Backbone>(std::make_shared<Tiny>(
                    features ? inputs.feature_width : parsed.width, parsed.layers,
                    features ? 0 : inputs.vocabulary, inputs.seed, inputs.options));
              },
          .weights_sha256 = [](const nlohmann::json&,
                               const std::filesystem::path&) { return std::string(); }};
}

const RegisterBackbone tiny_registration("tiny", tiny_kind());

}  // namespace

}  // namespace rankwise
