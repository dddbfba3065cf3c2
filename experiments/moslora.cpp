// MoSLoRA (Wu et al., EMNLP 2024): a trained r x r mixer W between the factors, B W A, so that
// every column of B meets every row of A.
//
// The mixer's Kaiming start and alpha / rank follow the released baseline of SMoRA (Zhao et al.,
// KDD 2026); the paper's equation numbers were not verified against it.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

enum class MixerInit { kKaiming, kOrthogonal, kIdentity };

struct MosLoraOptions {
  std::int64_t rank = 64;
  std::optional<double> alpha;
  double dropout = 0;
  MixerInit mixer_init = MixerInit::kKaiming;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(also_called("rank", "r"), self.rank, "rank r; the mixer is r x r", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of A",
          between(0, 0.99));
    field("mixer_init", self.mixer_init,
          "start of the mixer: kaiming, uniform within 1 / sqrt(rank); orthogonal, a random one; "
          "identity, that of LoRA",
          {{MixerInit::kKaiming, "kaiming"},
           {MixerInit::kOrthogonal, "orthogonal"},
           {MixerInit::kIdentity, "identity"}});
  }
};

// Uniform over the orthogonal matrices: Q of a Gaussian's QR, its signs made unique
// (Mezzadri, 2007).
torch::Tensor random_orthogonal(std::int64_t size, const Seed& seed) {
  const auto [q, r] = at::linalg_qr(normal_tensor({size, size}, 1, seed, torch::kFloat64));
  return q * torch::sign(r.diagonal());
}

torch::Tensor first_mixer(const MosLoraOptions& options, const Seed& seed,
                          const torch::TensorOptions& tensors) {
  switch (options.mixer_init) {
    case MixerInit::kIdentity:
      return torch::eye(options.rank, tensors);
    case MixerInit::kOrthogonal:
      return random_orthogonal(options.rank, seed).to(tensors);
    case MixerInit::kKaiming:
      break;
  }
  return linear_init(options.rank, options.rank, seed, tensors);
}

class MixerGate : public Gate {
 public:
  MixerGate(const MosLoraOptions& options, const Site& site, const AdapterInputs& inputs)
      : ranks_(options.rank) {
    const Seed seed = inputs.seed.stream(site.name).stream("mixer");
    mixer_ = register_parameter("mixer", first_mixer(options, seed, inputs.options));
  }

  Routing forward(const GateInput& /*input*/) override { return Choice::all(ranks_); }

  torch::Tensor mix(const Choice& /*choice*/, const torch::Tensor& z,
                    const Batch& /*batch*/) const override {
    return at::linear(z, mixer_);
  }
  bool reads_ranks() const override { return true; }  // mix() does
  torch::Tensor a_of(const torch::Tensor& a) const override { return mixer_.mm(a); }
  std::int64_t router_parameters() const override { return 0; }

 private:
  std::int64_t ranks_;
  torch::Tensor mixer_;  // [R, R]
};

RankUpdateParts moslora(const MosLoraOptions& options, const Site& site,
                        const AdapterInputs& inputs) {
  RankUpdateParts parts = lora_parts(site, inputs, options.rank);
  parts.scale = lora_scale(options.alpha, options.rank);
  parts.dropout = options.dropout;
  parts.gate = std::make_shared<MixerGate>(options, site, inputs);
  return parts;
}

const RegisterVariant<MosLoraOptions> moslora_registration(
    "moslora",
    {.paper = "Wu et al., EMNLP 2024 (arXiv:2406.11909), W_0 + B W A",
     .summary = "a trained mixer between the factors: B W A"},
    moslora);

}  // namespace
}  // namespace rankwise
