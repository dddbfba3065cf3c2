// AdaLoRA (Zhang et al., ICLR 2023): W + P diag(lambda) Q with P and Q kept near orthogonal; a
// falling budget of ranks, shared by all sites, goes to the triplets of highest importance.
//
// Q is lora_A, P is lora_B. A triplet's score adds the means of its vectors' importances; outside
// the budget its lambda is set to zero and may come back. As in the released code, the budget
// begins to fall when the warm-up ends, and the importance stays as it is once the budget is final.
// The paper sets warm-up, final phase and interval for each task in steps: the defaults here are
// this project's. Not verified against the text: equation numbers, and the numerator of eq. 12.
//
// The released reading follows the authors' code and PEFT: importance is taken after the
// optimizer's step, from the moved parameter and the gradient that moved it, and no more at the
// last allocation; the regulariser is the mean of the norms.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

enum class Orthogonality { kSquared, kNorm };
enum class Importance { kBeforeStep, kAfterStep };

struct AdaloraOptions {
  Reading reading = Reading::kPaper;
  std::int64_t rank = 12;
  std::int64_t target_rank = 8;
  std::optional<double> alpha;
  double dropout = 0;
  double std = 0.02;
  double warmup_fraction = 0.1, final_fraction = 0.5;
  std::int64_t interval = 10;
  double beta1 = 0.85, beta2 = 0.85;
  double orthogonality_weight = 0.1;
  Orthogonality orthogonality = Orthogonality::kSquared;
  Importance importance = Importance::kBeforeStep;

  static AdaloraOptions of_reading(Reading reading) {
    AdaloraOptions options;
    if (reading == Reading::kPaper) return options;
    options.reading = reading;
    options.orthogonality = Orthogonality::kNorm;
    options.importance = Importance::kAfterStep;
    return options;
  }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("reading", self.reading, "sets the defaults below: what the paper says or the code does",
          readings());
    field(also_called("rank", "init_r"), self.rank, "ranks per site at the start", positive());
    field(also_called("target_rank", "target_r"), self.target_rank,
          "mean ranks per site at the end", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha,
          "the update is scaled by alpha / rank; null: rank, as in eq. 3", positive());
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of Q",
          between(0, 0.99));
    field(renamed("std", "deviation"), self.std,
          "of P's and Q's normal start (released code: 0.02)", positive());
    field(renamed("warmup_fraction", "warmup_share"), self.warmup_fraction,
          "fraction of steps before the budget falls", between(0, 1));
    field(renamed("final_fraction", "final_share"), self.final_fraction,
          "fraction of steps with the final ranks", between(0, 1));
    field("interval", self.interval, "steps from one allocation to the next while the budget falls",
          positive());
    field("beta1", self.beta1, "smoothing of the sensitivity (eq. 9)", between(0, 1));
    field("beta2", self.beta2, "smoothing of the uncertainty (eq. 10)", between(0, 1));
    field("orthogonality_weight", self.orthogonality_weight, "gamma of the regulariser",
          not_negative());
    field(
        "orthogonality", self.orthogonality,
        "squared: squared norms summed over P and Q of all sites (eq. 4); norm: mean of the norms "
        "(released code)",
        {{Orthogonality::kSquared, "squared"}, {Orthogonality::kNorm, "norm"}});
    field("importance", self.importance,
          "taken before the optimizer's step; or after it, and not at the last allocation",
          {{Importance::kBeforeStep, "before_step"}, {Importance::kAfterStep, "after_step"}});
  }

  void validate() const {
    check(warmup_fraction + final_fraction < 1,
          "final_fraction: {} and a warmup_fraction of {} leave no steps for the budget to fall",
          final_fraction, warmup_fraction);
  }
};

// A parameter with its smoothed sensitivity and uncertainty, entry by entry.
struct Watched {
  torch::Tensor parameter, sensitivity, uncertainty;

  // eq. 8 to 10.
  void observe(double beta1, double beta2) const {
    const torch::Tensor now = (parameter * parameter.grad()).abs();
    sensitivity.lerp_(now, 1 - beta1);
    uncertainty.lerp_((now - sensitivity).abs(), 1 - beta2);
  }
  torch::Tensor importance() const { return sensitivity * uncertainty; }  // eq. 11
};

class TripletGate : public Gate {
 public:
  // `q` [R, in] and `p` [out, R]: handles to the update's own parameters.
  TripletGate(const AdaloraOptions& options, const AdapterInputs& inputs, const torch::Tensor& q,
              const torch::Tensor& p)
      : options_(options), tasks_(inputs.tasks), sites_(inputs.sites) {
    const torch::Tensor zeros = torch::zeros({options.rank}, inputs.options);
    lambda_ = watch("lambda", register_parameter("lambda", zeros));
    q_ = watch("Q", q);
    p_ = watch("P", p);
    kept_ = register_buffer("kept", torch::ones({options.rank}, inputs.options));
  }

  Routing forward(const GateInput& input) override {
    const bool regularised = input.pass.step_info.training && options_.orthogonality_weight > 0;
    return {Choice::per_task(active().expand({tasks_, -1}), lambda_.parameter.expand({tasks_, -1})),
            regularised ? mean_term(regulariser(), options_.orthogonality_weight, input.pass.batch)
                        : AuxiliaryTerm{}};
  }

  double active_ranks(std::int64_t /*ranks*/, const StepInfo& /*step_info*/) const override {
    return static_cast<double>(active().sum().item<std::int64_t>());
  }

  std::int64_t router_parameters() const override { return 0; }

  void observe() {
    for (const Watched* watched : {&lambda_, &q_, &p_}) {
      watched->observe(options_.beta1, options_.beta2);
    }
  }
  // [R], eq. 7.
  torch::Tensor scores() const {
    return lambda_.importance() + q_.importance().mean(1) + p_.importance().mean(0);
  }
  // mask [R] bool.
  void keep(const torch::Tensor& mask) {
    kept_.copy_(mask);
    lambda_.parameter.mul_(kept_);
  }

 private:
  Watched watch(const std::string& name, const torch::Tensor& parameter) {
    const torch::Tensor zeros = torch::zeros_like(parameter.detach());
    return {parameter, register_buffer("training_sensitivity_" + name, zeros),
            register_buffer("training_uncertainty_" + name, zeros.clone())};
  }

  // [R] bool: those inside the budget, and those that came back since the last allocation.
  torch::Tensor active() const { return (kept_ != 0).logical_or(lambda_.parameter != 0); }

  // This site's part of R(P, Q).
  torch::Tensor regulariser() const {
    const torch::Tensor q = from_identity(q_.parameter.mm(q_.parameter.t()));
    const torch::Tensor p = from_identity(p_.parameter.t().mm(p_.parameter));
    if (options_.orthogonality == Orthogonality::kSquared)
      return q.square().sum() + p.square().sum();
    return (q.norm() + p.norm()) / static_cast<double>(2 * sites_);
  }
  static torch::Tensor from_identity(const torch::Tensor& gram) {
    return gram - torch::eye(gram.size(0), gram.options());
  }

  AdaloraOptions options_;
  std::int64_t tasks_, sites_;
  Watched lambda_, q_, p_;
  torch::Tensor kept_;  // [R] 1 inside the budget of the last allocation
};

// When the budget falls, counted in optimizer steps from 1.
struct Schedule {
  std::int64_t step, first, last;  // it falls after `first` and is final from `last` on

  Schedule(const AdaloraOptions& options, const StepInfo& step_info)
      : step(step_info.step + 1),
        first(steps_in(options.warmup_fraction, step_info)),
        last(step_info.steps - steps_in(options.final_fraction, step_info)) {}

  bool allocates(std::int64_t interval) const {
    return step >= last || (step > first && step % interval == 0);
  }
  // eq. 12: how much of what is to go still stands.
  double remaining() const {
    if (step >= last) return 0;
    const double left = static_cast<double>(last - step) / static_cast<double>(last - first);
    return left * left * left;
  }

 private:
  static std::int64_t steps_in(double of_steps, const StepInfo& step_info) {
    return static_cast<std::int64_t>(of_steps * static_cast<double>(step_info.steps));
  }
};

class Adalora : public Adapter {
 public:
  explicit Adalora(BySite<AdaloraOptions> options) : options_(std::move(options)) {
    std::int64_t most = options_.common.rank;
    for (const auto& [pattern, own] : options_.own) most = std::max(most, own.rank);
    check(target() <= most, "target_rank: {} is more than the {} ranks there are", target(), most);
  }

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    const AdaloraOptions& options = options_.at(site.name);
    const Seed seed = inputs.seed.stream(site.name);
    const auto rank = static_cast<double>(options.rank);
    RankUpdateParts parts{
        .a = normal_tensor({options.rank, site.in}, options.std, seed.stream("A"), inputs.options),
        .b = normal_tensor({site.out, options.rank}, options.std, seed.stream("B"), inputs.options),
        .scale = options.alpha.value_or(rank) / rank,
        .dropout = options.dropout};
    gates_.push_back(std::make_shared<TripletGate>(options, inputs, parts.a, parts.b));
    first_ranks_ += options.rank;
    check(sites() < inputs.sites || final_ranks() <= first_ranks_,
          "target_rank: {} at each of {} sites is more than the {} ranks they start with", target(),
          sites(), first_ranks_);
    parts.gate = gates_.back();
    return std::make_shared<RankUpdate>(site, inputs, std::move(parts));
  }

  void before_step(const StepInfo& step_info) override {
    if (options_.common.importance != Importance::kBeforeStep) return;
    const Schedule schedule(options_.common, step_info);
    if (schedule.step <= schedule.last) observe();
  }

  void after_step(const StepInfo& step_info) override {
    Adapter::after_step(step_info);
    const AdaloraOptions& common = options_.common;
    const Schedule schedule(common, step_info);
    if (common.importance == Importance::kAfterStep && schedule.step < schedule.last) observe();
    if (!schedule.allocates(common.interval)) return;
    const double excess = static_cast<double>(first_ranks_ - final_ranks()) * schedule.remaining();
    allocate(final_ranks() + static_cast<std::int64_t>(excess));
  }

 private:
  std::int64_t sites() const { return static_cast<std::int64_t>(gates_.size()); }
  std::int64_t target() const { return options_.common.target_rank; }
  std::int64_t final_ranks() const { return target() * sites(); }

  void observe() {
    const torch::NoGradGuard no_grad;
    for (const auto& gate : gates_) gate->observe();
  }

  // The `budget` highest scores of all sites together.
  void allocate(std::int64_t budget) {
    const torch::NoGradGuard no_grad;
    std::vector<torch::Tensor> scores;
    for (const auto& gate : gates_) scores.push_back(gate->scores());
    const torch::Tensor all = torch::cat(scores);
    const torch::Tensor best = std::get<1>(all.topk(budget));
    const torch::Tensor mask = torch::zeros_like(all, torch::kBool).index_fill_(0, best, true);
    std::int64_t first = 0;  // of the site's ranks among all
    for (std::size_t i = 0; i < gates_.size(); ++i) {
      gates_[i]->keep(mask.narrow(0, first, scores[i].size(0)));
      first += scores[i].size(0);
    }
  }

  BySite<AdaloraOptions> options_;
  std::int64_t first_ranks_ = 0;  // over the sites so far, before the budget falls
  std::vector<std::shared_ptr<TripletGate>> gates_;
};

// PEFT divides by the rank and this; a schedule is in steps there.
constexpr double kPeftAdded = 1e-5;
constexpr double kPeftSteps = 1e6;

// To twelve digits, so that there and back gives the same number.
double rounded(double value) { return std::stod(fmt::format("{:.12g}", value)); }

nlohmann::json adalora_to_peft(const nlohmann::json& options,
                               const std::vector<PeftSite>& /*sites*/) {
  check(!options.contains(kSiteOptions),
        "site_options: PEFT's AdaLoRA has one rank and alpha for all sites; a whole checkpoint may "
        "hold others (--format merged)");
  const auto adalora = parse_options<AdaloraOptions>(options, "options");
  const auto rank = static_cast<double>(adalora.rank);
  const double alpha = adalora.alpha.value_or(rank) * (rank + kPeftAdded) / rank;
  const auto steps = [](double share) { return std::llround(share * kPeftSteps); };
  return {{"init_r", adalora.rank},
          {"target_r", adalora.target_rank},
          {"lora_alpha", plain_number(rounded(alpha))},
          {"lora_dropout", adalora.dropout},
          {"total_step", steps(1)},
          {"tinit", steps(adalora.warmup_fraction)},
          {"tfinal", steps(adalora.final_fraction)},
          {"deltaT", adalora.interval},
          {"beta1", adalora.beta1},
          {"beta2", adalora.beta2},
          {"orth_reg_weight", adalora.orthogonality_weight},
          {"rank_pattern", nullptr}};
}

std::optional<nlohmann::json> adalora_from_peft(const nlohmann::json& config,
                                                const std::vector<PeftSite>& /*sites*/) {
  const auto rank = config.value("init_r", std::int64_t{12});
  const auto r = static_cast<double>(rank);
  const auto steps = config.value("total_step", 0.0);
  check(steps > 0, "total_step: {} is no number of steps", steps);
  return {{{"reading", "released"},
           {"rank", rank},
           {"target_rank", std::min(rank, config.value("target_r", std::int64_t{8}))},
           {"alpha", config.value("lora_alpha", 8.0) * r / (r + kPeftAdded)},
           {"dropout", config.value("lora_dropout", 0.0)},
           {"warmup_fraction", config.value("tinit", 0.0) / steps},
           {"final_fraction", config.value("tfinal", 0.0) / steps},
           {"interval", config.value("deltaT", std::int64_t{1})},
           {"beta1", config.value("beta1", 0.85)},
           {"beta2", config.value("beta2", 0.85)},
           {"orthogonality_weight", config.value("orth_reg_weight", 0.5)}}};
}

SiteTensors adalora_going_out(SiteTensors tensors, const PeftSite& /*site*/,
                              const nlohmann::json& /*config*/) {
  tensors.at("lora_E") = tensors.at("lora_E").unsqueeze(1);
  return tensors;
}

// [R] bool: the ranks that a config's pattern leaves at a site.
torch::Tensor kept_ranks(const nlohmann::json& config, const PeftSite& site) {
  const auto rank = config.value("init_r", std::int64_t{12});
  const nlohmann::json patterns = config.value("rank_pattern", nlohmann::json());
  const std::string name = site.module + ".lora_E";
  if (!patterns.is_object() || !patterns.contains(name)) return torch::ones({rank}, torch::kBool);
  const auto pattern = patterns.at(name).get<std::vector<bool>>();
  check(static_cast<std::int64_t>(pattern.size()) == rank,
        "rank_pattern.{}: has {} entries for {} ranks", name, pattern.size(), rank);
  torch::Tensor kept = torch::zeros({rank}, torch::kBool);
  for (std::int64_t i = 0; i < rank; ++i) kept[i] = static_cast<bool>(pattern[i]);
  return kept;
}

// A pattern says which ranks are left; the others stand at zero here.
SiteTensors adalora_coming_in(SiteTensors tensors, const PeftSite& site,
                              const nlohmann::json& config) {
  const torch::Tensor kept = kept_ranks(config, site);
  const std::int64_t rank = kept.size(0);
  const torch::Tensor at = kept.nonzero().squeeze(1);
  for (auto& [name, tensor] : tensors) {
    const std::int64_t dimension = name == "lora_B" ? 1 : 0;
    check(tensor.dim() == 2 &&
              (tensor.size(dimension) == at.size(0) || tensor.size(dimension) == rank),
          "{}.{}: has shape {}, expected {} ranks", site.module, name, shape_text(tensor),
          at.size(0));
    if (tensor.size(dimension) == rank) continue;
    std::vector<std::int64_t> shape = tensor.sizes().vec();
    shape[dimension] = rank;
    tensor = torch::zeros(shape, tensor.options()).index_copy(dimension, at, tensor);
  }
  tensors.at("lora_E") = tensors.at("lora_E").squeeze(1);
  tensors["gate.kept"] = kept.to(tensors.at("lora_E").options());
  return tensors;
}

const RegisterVariant<AdaloraOptions> adalora_registration(
    "adalora",
    {.paper = "Zhang et al., ICLR 2023 (arXiv:2303.10512), eq. 3, 4 and 7 to 12",
     .summary = "pairs with singular values; a falling budget keeps the most important ranks",
     .peft = PeftForm{.type = "ADALORA",
                      .names = {{"lora_A", "lora_A"},
                                {"lora_B", "lora_B"},
                                {"gate.lambda", "lora_E"},
                                {"gate.kept", ""}},
                      .write = adalora_to_peft,
                      .read = adalora_from_peft,
                      .going_out = adalora_going_out,
                      .coming_in = adalora_coming_in},
     .differing_by_site = {"rank", "alpha", "dropout", "std"}},
    [](const BySite<AdaloraOptions>& options) { return std::make_unique<Adalora>(options); });

}  // namespace
}  // namespace rankwise
