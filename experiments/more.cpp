// MoRE (Zhang et al., Findings of ACL 2025): each task learns its rank at each site, a prefix of
// one shared low-rank pair; a contrastive loss shapes the task embeddings that choose it.
//
// Every selector is a weighting of prefixes, q [T, R], and rank i acts at the sum of q_j s_j over
// j >= i. The printed one is one-hot, with a gradient through the chosen rank's probability alone.
// "straight_through_all" and "gumbel" are this project's own: their gradient reaches every prefix.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/rank_update.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"
#include "framework/model/model.h"

#include <algorithm>
#include <cmath>

namespace rankwise {
namespace {

struct MoreOptions {
  std::string reading = "paper";
  std::int64_t rank = 8;
  double alpha = 32;
  double dropout = 0;
  std::string selector = "straight_through";
  std::vector<std::int64_t> candidates, ranks;
  std::string given_change = "none";
  double first_temperature = 1, last_temperature = 0.1;
  std::string rank_scaling = "over_tasks";
  std::string embedding = "site", embedding_init = "kaiming";
  std::int64_t embedding_size = 0;
  double contrastive_weight = 0.1;
  double temperature = 0.05;
  std::string representation = "first_token", contrastive_sites = "*";
  bool detach_samples = false;

  static MoreOptions of_reading(const std::string& reading) {
    MoreOptions options;
    if (reading != "released") return options;
    options.reading = reading;
    options.dropout = 0.1;
    options.selector = "frozen";
    options.rank_scaling = "squared";
    options.embedding_init = "normal";
    options.contrastive_sites = "encoder.*";
    return options;
  }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("reading", self.reading,
          "sets the defaults below: what the paper prints or the code does",
          one_of({"paper", "released"}));
    field("rank", self.rank, "largest rank r; every rank from 1 to r is an expert", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / rank", positive());
    field("dropout", self.dropout, "dropout on the input of A", between(0, 0.99));
    field("selector", self.selector,
          "how a task's rank is chosen: straight_through as printed; argmax the same without its "
          "gradient; frozen at the first choice; uniform every prefix alike; given; "
          "straight_through_all and gumbel are this project's",
          one_of({"straight_through", "argmax", "frozen", "uniform", "given",
                  "straight_through_all", "gumbel"}));
    field("candidates", self.candidates, "ranks that may be chosen; empty: all", each(positive()));
    field("ranks", self.ranks, "for given: one rank a task; empty: the suite's true ranks",
          each(positive()));
    field("given_change", self.given_change, "for given: a change of the ranks",
          one_of({"none", "plus_one", "double", "half", "shuffled"}));
    field("first_temperature", self.first_temperature, "gumbel's at the first step", positive());
    field("last_temperature", self.last_temperature, "gumbel's at the last step", positive());
    field("rank_scaling", self.rank_scaling,
          "over_tasks: by r_t / T; squared: rank i by (i / r)^2; none",
          one_of({"over_tasks", "squared", "none"}));
    field("embedding", self.embedding, "one task embedding a site, or one shared by all sites",
          one_of({"site", "shared"}));
    field("embedding_size", self.embedding_size,
          "width of the task embedding; 0: that of the (first) site's input", not_negative());
    field("embedding_init", self.embedding_init, "kaiming: uniform; normal: deviation 0.01",
          one_of({"kaiming", "normal"}));
    field("contrastive_weight", self.contrastive_weight,
          "lambda of L = L_gen + lambda L_con; 0: without contrastive loss", not_negative());
    field("temperature", self.temperature, "tau of the contrastive loss (eq. 8)", positive());
    field("representation", self.representation,
          "a sample's: the site's input at its first token, or the model's pooled output",
          one_of({"first_token", "pooled"}));
    field("contrastive_sites", self.contrastive_sites,
          "pattern of the sites in the mean of eq. 8; those whose representation is not as wide as "
          "the embedding stay out");
    field("detach_samples", self.detach_samples,
          "stop the contrastive gradient at the samples' representations");
  }

  bool learns() const { return selector.starts_with("straight_through") || selector == "gumbel"; }
  bool has_gate() const { return selector != "uniform" && selector != "given"; }
  bool contrasts() const { return contrastive_weight > 0; }
};

class TaskRankGate : public Gate {
 public:
  // `shared` [T, D]: the task embeddings of another site; undefined: this gate makes its own.
  TaskRankGate(const MoreOptions& options, const Site& site, const Setting& setting,
               const torch::Tensor& shared)
      : options_(options), tasks_(setting.tasks), site_(site.name) {
    const Seed seed = setting.seed.stream(site.name);
    if (options.has_gate() || options.contrasts()) make_embedding(site, setting, seed, shared);
    if (options.has_gate()) make_gate(setting, seed);
    if (options.selector == "frozen") fix(probabilities().argmax(1) + 1);
    if (options.selector == "given") fix(given_ranks(site, setting, seed));
    scale_ = prefix_scale(setting.options);
  }

  Routing forward(const GateInput& input) override {
    const bool training = input.pass.moment.training;
    const torch::Tensor prefixes = prefix_weights(input.pass);
    torch::Tensor weight = rank_weights(prefixes * scale_);
    if (options_.rank_scaling == "squared") weight = weight * squares();
    const bool soft = options_.selector == "uniform" || (options_.selector == "gumbel" && training);
    const torch::Tensor mask = soft ? torch::ones_like(weight, torch::kBool)
                                    : prefix_mask(prefixes.argmax(1, true), options_.rank);
    Choice choice = Choice::by_task(mask, weight);
    if (options_.representation != "first_token") return choice;
    return {std::move(choice),
            contrast_with(input.x.index_select(0, input.pass.batch.first_rows), input.pass)};
  }

  // Eq. 8's term, without lambda, for samples [S, D], a row a sequence; none where widths differ.
  AuxiliaryTerm contrast_with(torch::Tensor samples, const Pass& pass) const {
    if (!pass.moment.training || !options_.contrasts() ||
        !matches(options_.contrastive_sites, site_) || samples.size(1) != embedding_.size(1)) {
      return {};
    }
    if (options_.detach_samples) samples = samples.detach();
    return {contrastive_sum(samples, embedding_, pass.batch.sequence_task, options_.temperature)};
  }

  double active_ranks(std::int64_t ranks) const override {
    const auto chosen = selection();
    return chosen ? chosen->rank.to(torch::kFloat64).mean().item<double>()
                  : static_cast<double>(ranks);
  }
  // A row uses its task's embedding.
  std::int64_t active_parameters() const override {
    std::int64_t count = Gate::active_parameters();
    if (embedding_.defined() && embedding_.requires_grad()) {
      count -= embedding_.numel() * (owns_embedding_ ? 1 : 0);
      count += embedding_.size(1);
    }
    return count;
  }
  torch::Tensor task_embedding() const override { return embedding_; }

  std::optional<Selection> selection() const override {
    if (options_.selector == "uniform") return std::nullopt;
    const torch::NoGradGuard no_grad;
    if (!options_.has_gate()) return Selection{fixed_, one_hot(fixed_ - 1)};
    const torch::Tensor probability = probabilities();
    return Selection{fixed_.defined() ? fixed_ : probability.argmax(1) + 1, probability};
  }

 private:
  void make_embedding(const Site& site, const Setting& setting, const Seed& seed,
                      const torch::Tensor& shared) {
    if (shared.defined()) {
      embedding_ = shared;
      return;
    }
    owns_embedding_ = true;
    const std::int64_t width = options_.embedding_size > 0 ? options_.embedding_size : site.in;
    const Seed stream = seed.stream("embedding");
    const torch::Tensor start =
        options_.embedding_init == "normal"
            ? normal_tensor({tasks_, width}, 0.01, stream, setting.options)
            : uniform_tensor({tasks_, width}, kaiming(width), stream, setting.options);
    const bool trained = options_.learns() || options_.contrasts();
    embedding_ = trained ? register_parameter("task_embedding", start)
                         : register_buffer("task_embedding", start);
  }

  // W_g and b_g of eq. 3; constants for selectors that send no gradient to them.
  void make_gate(const Setting& setting, const Seed& seed) {
    const std::int64_t width = embedding_.size(1);
    const auto add = [&](const char* name, const torch::Tensor& start) {
      return options_.learns() ? register_parameter(name, start) : register_buffer(name, start);
    };
    weight_ = add("weight", uniform_tensor({options_.rank, width}, kaiming(width),
                                           seed.stream("gate"), setting.options));
    bias_ = add("bias", uniform_tensor({options_.rank}, 1 / std::sqrt(static_cast<double>(width)),
                                       seed.stream("gate_bias"), setting.options));
    if (options_.candidates.empty()) return;
    blocked_ = torch::full({options_.rank}, -INFINITY, setting.options);
    for (const std::int64_t rank : options_.candidates) blocked_[rank - 1] = 0;
  }

  static double kaiming(std::int64_t width) { return std::sqrt(6 / static_cast<double>(width)); }

  void fix(const torch::Tensor& ranks) { fixed_ = register_buffer("rank", ranks.contiguous()); }

  torch::Tensor given_ranks(const Site& site, const Setting& setting, const Seed& seed) const {
    std::vector<std::int64_t> ranks = options_.ranks;
    if (ranks.empty()) {
      const auto known = setting.true_ranks.find(site.name);
      check(known != setting.true_ranks.end(),
            "ranks: selector 'given' needs one a task, and the suite knows none at {}", site.name);
      ranks = known->second;
    }
    check(static_cast<std::int64_t>(ranks.size()) == tasks_, "ranks: {} are given for {} tasks",
          ranks.size(), tasks_);
    if (options_.given_change == "shuffled") {
      Random random = seed.stream("given").random();
      random.shuffle(ranks);
    }
    for (std::int64_t& rank : ranks)
      rank = std::clamp<std::int64_t>(changed(rank), 1, options_.rank);
    return torch::tensor(ranks, setting.options.dtype(torch::kInt64));
  }

  std::int64_t changed(std::int64_t rank) const {
    if (options_.given_change == "plus_one") return rank + 1;
    if (options_.given_change == "double") return rank * 2;
    if (options_.given_change == "half") return rank / 2;
    return rank;
  }

  // p_t = softmax(W_g e_t + b_g) (eq. 3).
  torch::Tensor logits() const {
    const torch::Tensor all = at::linear(embedding_, weight_, bias_);
    return blocked_.defined() ? all + blocked_ : all;
  }
  torch::Tensor probabilities() const { return torch::softmax(logits(), 1); }

  torch::Tensor one_hot(const torch::Tensor& last) const {
    return torch::zeros({tasks_, options_.rank}, scale_.options()).scatter(1, last.unsqueeze(1), 1);
  }

  // q [T, R]: how much each prefix counts; its forward value is one-hot but for soft selectors.
  torch::Tensor prefix_weights(const Pass& pass) const {
    if (fixed_.defined()) return one_hot(fixed_ - 1);
    if (options_.selector == "uniform") {
      return torch::full({tasks_, options_.rank}, 1.0 / static_cast<double>(options_.rank),
                         scale_.options());
    }
    if (options_.selector == "gumbel" && pass.moment.training) return gumbel(pass);
    const torch::Tensor probability = probabilities();
    torch::Tensor picked = one_hot(probability.argmax(1));
    if (options_.selector == "argmax") return picked;
    const torch::Tensor estimate = straight_through(probability);
    return options_.selector == "straight_through" ? estimate * picked : estimate;  // eq. 4
  }

  // Gumbel-softmax (Jang et al., 2017), its temperature falling geometrically over the run.
  torch::Tensor gumbel(const Pass& pass) const {
    const Seed seed = pass.noise.stream("gumbel").stream(site_);
    const torch::Tensor noise = gumbel_tensor({tasks_, options_.rank}, seed, scale_.options());
    const double done = static_cast<double>(pass.moment.step) /
                        static_cast<double>(std::max<std::int64_t>(1, pass.moment.steps - 1));
    const double temperature =
        options_.first_temperature *
        std::pow(options_.last_temperature / options_.first_temperature, std::min(1.0, done));
    return torch::softmax((logits() + noise) / temperature, 1);
  }

  torch::Tensor prefix_scale(const torch::TensorOptions& tensors) const {
    if (options_.rank_scaling != "over_tasks") return torch::ones({options_.rank}, tensors);
    return torch::arange(1, options_.rank + 1, tensors) / static_cast<double>(tasks_);
  }

  torch::Tensor squares() const {
    return (torch::arange(1, options_.rank + 1, scale_.options()) /
            static_cast<double>(options_.rank))
        .square();
  }

  MoreOptions options_;
  std::int64_t tasks_;
  std::string site_;
  torch::Tensor embedding_, weight_, bias_;  // [T, D], [R, D], [R]
  torch::Tensor blocked_;                    // [R] -inf where a rank is no candidate
  torch::Tensor fixed_;                      // [T] one-based rank that never changes
  torch::Tensor scale_;                      // [R] s_j of prefix j
  bool owns_embedding_ = false;
};

class More : public Adapter {
 public:
  explicit More(const MoreOptions& options) : options_(options) {
    for (const auto& [name, ranks] :
         {std::pair("candidates", &options.candidates), {"ranks", &options.ranks}}) {
      for (const std::int64_t rank : *ranks) {
        check(rank <= options.rank, "{}: {} is more than the largest rank {}", name, rank,
              options.rank);
      }
    }
  }

  std::shared_ptr<Update> make_update(const Site& site, const Setting& setting) override {
    const bool share = options_.embedding == "shared" && !gates_.empty();
    gates_.push_back(std::make_shared<TaskRankGate>(
        options_, site, setting, share ? gates_.front()->task_embedding() : torch::Tensor()));
    return std::make_shared<RankUpdate>(
        site, setting,
        RankUpdateParts{
            .a = linear_init(options_.rank, site.in, setting.seed.stream(site.name).stream("A"),
                             setting.options),
            .scale = options_.alpha / static_cast<double>(options_.rank),
            .dropout = options_.dropout,
            .gate = gates_.back()});
  }

  void after_forward(const torch::Tensor& pooled, const Pass& pass) override {
    if (options_.representation == "pooled") {
      for (std::size_t i = 0; i < gates_.size(); ++i) {
        attached()[i].update->keep_auxiliary(gates_[i]->contrast_with(pooled, pass));
      }
    }
    const bool any = std::any_of(attached().begin(), attached().end(),
                                 [](const auto& site) { return site.update->has_auxiliary(); });
    check(any || !pass.moment.training || !options_.contrasts(),
          "contrastive_sites: '{}' matches no site whose representation has the embedding's width",
          options_.contrastive_sites);
  }

  // Lambda times the mean over the sites that take part.
  double auxiliary_factor(std::int64_t sites) const override {
    return options_.contrastive_weight / static_cast<double>(sites);
  }

 private:
  MoreOptions options_;
  std::vector<std::shared_ptr<TaskRankGate>> gates_;
};

const RegisterVariant<MoreOptions> registration(
    "more",
    {.paper = "Zhang et al., Findings of ACL 2025 (arXiv:2505.22694), eq. 3, 4 and 8",
     .summary = "a learnt rank a task: prefixes of one pair, chosen by task embeddings",
     .exemptions = {{"finite_differences/*.gate.*",
                     "trained through a straight-through estimate; compared with its surrogate in "
                     "more_test.cpp"}}},
    [](const MoreOptions& options) { return std::make_unique<More>(options); });

}  // namespace
}  // namespace rankwise
