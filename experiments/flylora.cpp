// FlyLoRA (Zou et al., NeurIPS 2025): A is a frozen sparse random projection that also routes:
// each token uses the k ranks of largest |A x|.
//
// The released reading follows the layer that the authors' experiments use (gfyddha/FlyLoRA,
// peft/tuners/lora/layer.py). It couples A's density to k: n / floor(r / k) non-zeros per row; the
// stand-alone example (flylora.py) has n k / r instead, and its update_bias() compares each count
// with the fraction k / r, so that the bias of every rank in use falls. All agree at k = 8 of 32.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"

#include <bit>
#include <cmath>
#include <numeric>

namespace rankwise {
namespace {

enum class FlyLoraA { kGaussian, kRademacher, kFjlt, kTwoPhase };
enum class InitScale { kRowNorm, kPaper };
enum class NonZeros { kDensity, kLayer, kExample };
enum class ExpectedLoad { kMean, kFraction };
enum class RankChoice { kMagnitude, kSigned, kRandom, kAll };
enum class BiasPlace { kOutside, kInside, kNone };
enum class Balance { kBias, kAuxiliary, kNone };
enum class FlyLoraBias { kStep, kForward, kEveryForward };

struct FlyLoraOptions {
  Reading reading = Reading::kPaper;
  std::int64_t rank = 32;
  std::int64_t active = 8;
  std::optional<double> alpha;
  double density = 0.25;
  NonZeros nonzeros = NonZeros::kDensity;
  FlyLoraA a_init = FlyLoraA::kGaussian;
  InitScale init_scale = InitScale::kRowNorm;
  bool train_a = false;
  double two_phase_fraction = 0.05;
  bool gradient_to_input = true;
  RankChoice choice = RankChoice::kMagnitude;
  BiasPlace bias = BiasPlace::kOutside;
  Balance balance = Balance::kBias;
  double balance_rate = 1e-3, balance_weight = 0.01;
  FlyLoraBias bias_moves = FlyLoraBias::kStep;
  ExpectedLoad expected_load = ExpectedLoad::kMean;

  static FlyLoraOptions of_reading(Reading reading) {
    FlyLoraOptions options;
    if (reading == Reading::kPaper) return options;
    options.reading = reading;
    options.nonzeros = NonZeros::kLayer;
    options.init_scale = InitScale::kPaper;
    options.gradient_to_input = false;
    options.choice = RankChoice::kSigned;
    options.bias_moves = FlyLoraBias::kEveryForward;
    return options;
  }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("reading", self.reading, "sets the defaults below: what the paper says or the code does",
          readings());
    field(also_called("rank", "r"), self.rank, "total ranks r", positive());
    field("active", self.active, "ranks k that a token uses", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: 2 * rank", positive());
    field("nonzeros", self.nonzeros,
          "of a row of A: density * n; layer: n / floor(r / k), as released; example: n k / r",
          {{NonZeros::kDensity, "density"},
           {NonZeros::kLayer, "layer"},
           {NonZeros::kExample, "example"}});
    field("density", self.density, "rho = p / n: share of non-zeros in each row of A",
          between(1e-6, 1));
    field(
        "a_init", self.a_init,
        "non-zeros of A: gaussian; rademacher, random signs; fjlt, P H D with a sparse gaussian P; "
        "two_phase, gaussian and trained at first",
        {{FlyLoraA::kGaussian, "gaussian"},
         {FlyLoraA::kRademacher, "rademacher"},
         {FlyLoraA::kFjlt, "fjlt"},
         {FlyLoraA::kTwoPhase, "two_phase"}});
    field("init_scale", self.init_scale,
          "std of A's non-zeros: row_norm 1/sqrt(p) gives rows norm 1, what the paper's 1/r "
          "gives at its sizes; paper 1/r",
          {{InitScale::kRowNorm, "row_norm"}, {InitScale::kPaper, "paper"}});
    field("train_a", self.train_a, "A is trained (Table 3)");
    field(renamed("two_phase_fraction", "two_phase_share"), self.two_phase_fraction,
          "for two_phase: share of the steps in which A's non-zeros are trained", between(0, 1));
    field("gradient_to_input", self.gradient_to_input,
          "the adapter's branch sends a gradient to the layers below");
    field("choice", self.choice, "of ranks: by |A x|, by A x (eq. 10), at random, or all",
          {{RankChoice::kMagnitude, "magnitude"},
           {RankChoice::kSigned, "signed"},
           {RankChoice::kRandom, "random"},
           {RankChoice::kAll, "all"}});
    field("bias", self.bias,
          "in the choice by magnitude: outside |A x| + d, inside |A x + d|; none: no bias at all",
          {{BiasPlace::kOutside, "outside"},
           {BiasPlace::kInside, "inside"},
           {BiasPlace::kNone, "none"}});
    field("balance", self.balance, "by the bias d (eq. 9), by a Switch loss, or none (Table 13)",
          {{Balance::kBias, "bias"}, {Balance::kAuxiliary, "auxiliary"}, {Balance::kNone, "none"}});
    field("balance_rate", self.balance_rate, "step u of the balance bias", not_negative());
    field("balance_weight", self.balance_weight, "of the Switch loss", not_negative());
    field("bias_moves", self.bias_moves,
          "once an optimizer step, in every training forward, or in every forward (released)",
          {{FlyLoraBias::kStep, "step"},
           {FlyLoraBias::kForward, "forward"},
           {FlyLoraBias::kEveryForward, "every_forward"}});
    field("expected_load", self.expected_load,
          "that a rank's count is compared with: the mean count (eq. 9), or the example's k / r",
          {{ExpectedLoad::kMean, "mean"}, {ExpectedLoad::kFraction, "fraction"}});
  }

  void validate() const {
    check(active <= rank, "active: {} is more than the {} ranks there are", active, rank);
  }

  /// p, the non-zeros of a row of A for inputs of width `in`.
  std::int64_t row_nonzeros(std::int64_t in) const {
    const std::int64_t p = nonzeros == NonZeros::kLayer ? in / (rank / active)
                           : nonzeros == NonZeros::kExample
                               ? in * active / rank
                               : std::llround(density * static_cast<double>(in));
    return std::max<std::int64_t>(1, p);
  }
  bool has_bias() const {
    return balance == Balance::kBias && bias != BiasPlace::kNone && choice != RankChoice::kAll;
  }
  /// 2: the gradients of A's zeros are dropped before clipping, not after it.
  int revision() const { return freezes_a() ? 2 : 1; }
  /// A's non-zeros are trained in the first steps alone.
  bool freezes_a() const { return a_init == FlyLoraA::kTwoPhase && !train_a; }
};

class ProjectionGate : public Gate {
 public:
  ProjectionGate(const FlyLoraOptions& options, const Site& site, const AdapterInputs& inputs)
      : options_(options), site_(site.name) {
    if (options.has_bias()) {
      bias_ = register_buffer("balance_bias", torch::zeros({options.rank}, inputs.options));
    }
  }

  // The gate's value is a_i x itself (eq. 11): the chosen ranks pass at weight one.
  Routing forward(const GateInput& input) override {
    if (options_.choice == RankChoice::kAll) return Choice::all(options_.rank);
    const torch::Tensor chosen = top_k(ranking(input), options_.active);
    if (bias_.defined() && moves_in(input.pass)) {
      move_bias(rank_load(chosen, options_.rank));
    }
    AuxiliaryTerm term;
    if (options_.balance == Balance::kAuxiliary && input.pass.step_info.training) {
      term = mean_term(switch_loss(torch::softmax(input.z().abs(), 1), chosen),
                       options_.balance_weight, input.pass.batch);
    }
    const torch::Tensor one = torch::ones(chosen.sizes(), input.z().options());
    return {Choice::per_row(chosen, one, options_.rank), std::move(term)};
  }

  bool reads_ranks() const override { return true; }
  bool chooses_per_row() const override { return options_.choice != RankChoice::kAll; }
  bool rows_are_independent() const override {
    if (options_.choice == RankChoice::kAll) return true;
    return options_.choice != RankChoice::kRandom && options_.balance != Balance::kAuxiliary &&
           (!bias_.defined() || options_.bias_moves == FlyLoraBias::kStep);
  }
  double active_ranks(std::int64_t ranks, const StepInfo& /*step_info*/) const override {
    return static_cast<double>(options_.choice == RankChoice::kAll ? ranks : options_.active);
  }
  torch::Tensor balance_bias() const override { return bias_; }

  void after_step(const torch::Tensor& chosen, const StepInfo& /*step_info*/) override {
    if (bias_.defined() && options_.bias_moves == FlyLoraBias::kStep) {
      move_bias(chosen);
    }
  }

 private:
  torch::Tensor ranking(const GateInput& input) const {
    if (options_.choice == RankChoice::kRandom) {
      const Seed seed = input.pass.noise.stream("choice").stream(site_);
      return uniform_tensor(input.z().sizes(), 1, seed, input.z().options());
    }
    const torch::Tensor z = input.z().detach();
    const torch::Tensor inside =
        bias_.defined() && options_.bias == BiasPlace::kInside ? (z + bias_).abs() : z.abs();
    const torch::Tensor value = options_.choice == RankChoice::kSigned ? z : inside;
    const bool add = bias_.defined() && (options_.choice == RankChoice::kSigned ||
                                         options_.bias == BiasPlace::kOutside);
    return add ? value + bias_ : value;
  }

  // Eq. 9, or the example's: towards a count of k / r.
  void move_bias(const torch::Tensor& load) {
    if (options_.expected_load == ExpectedLoad::kMean) {
      move_balance_bias(bias_, load, options_.balance_rate);
      return;
    }
    const torch::NoGradGuard no_grad;
    const double fraction =
        static_cast<double>(options_.active) / static_cast<double>(options_.rank);
    bias_.add_(torch::sign(fraction - load.to(bias_.scalar_type())), options_.balance_rate);
  }

  bool moves_in(const Pass& pass) const {
    return options_.bias_moves == FlyLoraBias::kEveryForward ||
           (options_.bias_moves == FlyLoraBias::kForward && pass.step_info.training);
  }

  FlyLoraOptions options_;
  std::string site_;
  torch::Tensor bias_;
};

// A at its start.
class SparseProjection {
 public:
  explicit SparseProjection(const FlyLoraOptions& options) : options_(options) {}

  // [R, in] in double precision.
  torch::Tensor start(std::int64_t in, const Seed& seed) const {
    if (options_.a_init != FlyLoraA::kFjlt) return sparse_rows(in, in, seed);
    // x is padded with zeros to a power of two, so A is the first columns of P H D.
    const auto padded = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(in)));
    const torch::Tensor signs =
        torch::sign(uniform_tensor({padded}, 1, seed.stream("D"), torch::kFloat64));
    return (walsh_hadamard(sparse_rows(padded, in, seed)) * signs).narrow(1, 0, in).contiguous();
  }

 private:
  // Exactly p non-zeros per row, at random places; p and stddev for an input of width `in`.
  torch::Tensor sparse_rows(std::int64_t width, std::int64_t in, const Seed& seed) const {
    const std::int64_t p = options_.row_nonzeros(in);
    const double stddev = options_.init_scale == InitScale::kPaper
                              ? 1 / static_cast<double>(options_.rank)
                              : 1 / std::sqrt(static_cast<double>(p));
    torch::Tensor a = torch::zeros({options_.rank, width}, torch::kFloat64);
    auto cells = a.accessor<double, 2>();
    Random random = seed.random();
    std::vector<std::int64_t> places(static_cast<std::size_t>(width));
    for (std::int64_t row = 0; row < options_.rank; ++row) {
      std::iota(places.begin(), places.end(), std::int64_t{0});
      random.shuffle(places);
      for (std::int64_t i = 0; i < p; ++i) cells[row][places[i]] = stddev * draw(random);
    }
    return a;
  }

  double draw(Random& random) const {
    if (options_.a_init != FlyLoraA::kRademacher) return random.normal();
    return random.uniform() < 0.5 ? -1 : 1;
  }

  // rows [R, n] times the orthonormal Walsh-Hadamard matrix, n a power of two.
  static torch::Tensor walsh_hadamard(torch::Tensor rows) {
    const std::int64_t count = rows.size(0);
    const std::int64_t n = rows.size(1);
    for (std::int64_t half = 1; half < n; half *= 2) {
      const torch::Tensor pairs = rows.view({count, n / (2 * half), 2, half});
      const torch::Tensor first = pairs.select(2, 0);
      const torch::Tensor second = pairs.select(2, 1);
      rows = torch::stack({first + second, first - second}, 2).view({count, n});
    }
    return rows / std::sqrt(static_cast<double>(n));
  }

  FlyLoraOptions options_;
};

class FlyLora : public Adapter {
 public:
  explicit FlyLora(BySite<FlyLoraOptions> options) : options_(std::move(options)) {}

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    const FlyLoraOptions& options = options_.at(site.name);
    const Seed seed = inputs.seed.stream(site.name).stream("A");
    const torch::Tensor a = SparseProjection(options).start(site.in, seed);
    return std::make_shared<RankUpdate>(
        site, inputs,
        RankUpdateParts{.a = a.to(inputs.options),
                        .train_a = options.train_a || options.freezes_a(),
                        .gradient_to_input = options.gradient_to_input,
                        .scale = lora_scale(options.alpha, options.rank),
                        .gate = std::make_shared<ProjectionGate>(options, site, inputs)});
  }

  // Two-phase A: its zeros stay zero, and after its share of the steps it is frozen.
  void edit_gradients(const StepInfo& step_info) override {
    for (const auto& [site, update] : attached()) {
      const FlyLoraOptions& options = options_.at(site.name);
      if (!options.freezes_a()) continue;
      const bool first = static_cast<double>(step_info.step) <
                         options.two_phase_fraction * static_cast<double>(step_info.steps);
      torch::Tensor a = update->factors()->a;
      if (first && a.grad().defined()) a.mutable_grad().mul_(a != 0);
      if (first) continue;
      a.mutable_grad().reset();
      a.set_requires_grad(false);
    }
  }

 private:
  BySite<FlyLoraOptions> options_;
};

const RegisterVariant<FlyLoraOptions> flylora_registration(
    "flylora",
    {.paper = "Zou et al., NeurIPS 2025 (arXiv:2510.08396), eq. 7, 8, 9 and 11",
     .summary = "frozen sparse random A routes: each token uses its k largest |A x|"},
    [](const BySite<FlyLoraOptions>& options) { return std::make_unique<FlyLora>(options); });

}  // namespace
}  // namespace rankwise
