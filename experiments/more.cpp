// MoRE (Zhang et al., Findings of ACL 2025): each task learns its rank at each site, a prefix of
// one shared low-rank pair; a contrastive loss shapes the task embeddings that choose it.
//
// Every selector is a weighting of prefixes, q [T, R], and rank i acts at the sum of q_j s_j over
// j >= i. The printed one is one-hot, with a gradient through the chosen rank's probability alone.
// "straight_through_all" and "gumbel" are this project's own: their gradient reaches every prefix.
//
// The released reading follows the authors' code (NLPfreshman0/MoRE): ranks frozen at the first
// choice, rank i scaled by (i / r)^2, small normal embeddings, the contrastive loss over encoder
// sites with samples taken before dropout. That code has 8 ranks, 8 tasks in the loss and (i / 8)^2
// whatever r and T are, which is not followed.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"
#include "framework/core/glob.h"

#include <algorithm>
#include <cmath>

namespace rankwise {
namespace {

enum class SelectorKind {
  kStraightThrough,
  kArgmax,
  kFrozen,
  kUniform,
  kGiven,
  kStraightThroughAll,
  kGumbel
};
enum class RankPerturbation { kNone, kPlusOne, kDouble, kHalf, kShuffled };
enum class RankScaling { kOverTasks, kSquared, kNone };
enum class EmbeddingOf { kSite, kShared };
enum class EmbeddingInit { kKaiming, kNormal };
enum class Representation { kFirstToken, kLastPromptToken, kMean, kPooled };

struct MoreOptions {
  Reading reading = Reading::kPaper;
  std::int64_t rank = 8;
  double alpha = 32;
  double dropout = 0;
  SelectorKind selector = SelectorKind::kStraightThrough;
  std::vector<std::int64_t> candidates, ranks;
  RankPerturbation rank_perturbation = RankPerturbation::kNone;
  double first_temperature = 1, last_temperature = 0.1;
  RankScaling rank_scaling = RankScaling::kOverTasks;
  EmbeddingOf embedding = EmbeddingOf::kSite;
  EmbeddingInit embedding_init = EmbeddingInit::kKaiming;
  std::int64_t embedding_size = 0;
  double contrastive_weight = 0.1;
  double temperature = 0.05;
  Representation representation = Representation::kFirstToken;
  std::string contrastive_sites = "*";
  bool samples_before_dropout = false, detach_samples = false;

  static MoreOptions of_reading(Reading reading) {
    MoreOptions options;
    if (reading == Reading::kPaper) return options;
    options.reading = reading;
    options.dropout = 0.1;
    options.selector = SelectorKind::kFrozen;
    options.rank_scaling = RankScaling::kSquared;
    options.embedding_init = EmbeddingInit::kNormal;
    options.contrastive_sites = "encoder.*";
    options.samples_before_dropout = true;
    return options;
  }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("reading", self.reading,
          "sets the defaults below: what the paper prints or the code does", readings());
    field(also_called("rank", "r"), self.rank,
          "largest rank r; every rank from 1 to r is an expert", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha, "the update is scaled by alpha / rank",
          positive());
    field(also_called("dropout", "lora_dropout"), self.dropout, "dropout on the input of A",
          between(0, 0.99));
    visit_selector(self, field);
    visit_contrast(self, field);
  }

  void validate() const {
    for (const auto& [name, given] : {std::pair("candidates", &candidates), {"ranks", &ranks}}) {
      for (const std::int64_t one : *given) {
        check(one <= rank, "{}: {} is more than the largest rank {}", name, one, rank);
      }
    }
  }

  /// Embeddings and gate get a gradient from the task's loss.
  bool learns() const {
    return selector == SelectorKind::kStraightThrough ||
           selector == SelectorKind::kStraightThroughAll || selector == SelectorKind::kGumbel;
  }
  bool has_gate() const {
    return selector != SelectorKind::kUniform && selector != SelectorKind::kGiven;
  }
  bool contrasts() const { return contrastive_weight > 0; }

 private:
  template <class Self, class Visitor>
  static void visit_selector(Self& self, Visitor& field) {
    field("selector", self.selector,
          "how a task's rank is chosen: straight_through as printed; argmax the same without its "
          "gradient; frozen at the first choice; uniform every prefix alike; given; "
          "straight_through_all and gumbel are this project's",
          {{SelectorKind::kStraightThrough, "straight_through"},
           {SelectorKind::kArgmax, "argmax"},
           {SelectorKind::kFrozen, "frozen"},
           {SelectorKind::kUniform, "uniform"},
           {SelectorKind::kGiven, "given"},
           {SelectorKind::kStraightThroughAll, "straight_through_all"},
           {SelectorKind::kGumbel, "gumbel"}});
    field("candidates", self.candidates, "ranks that may be chosen; empty: all", each(positive()));
    field("ranks", self.ranks, "for given: one rank a task; empty: the suite's true ranks",
          each(positive()));
    field(renamed("rank_perturbation", "given_change"), self.rank_perturbation,
          "for given: a change of the ranks",
          {{RankPerturbation::kNone, "none"},
           {RankPerturbation::kPlusOne, "plus_one"},
           {RankPerturbation::kDouble, "double"},
           {RankPerturbation::kHalf, "half"},
           {RankPerturbation::kShuffled, "shuffled"}});
    field("first_temperature", self.first_temperature, "gumbel's at the first step", positive());
    field("last_temperature", self.last_temperature, "gumbel's at the last step", positive());
    field("rank_scaling", self.rank_scaling,
          "over_tasks: by r_t / T; squared: rank i by (i / r)^2; none",
          {{RankScaling::kOverTasks, "over_tasks"},
           {RankScaling::kSquared, "squared"},
           {RankScaling::kNone, "none"}});
  }

  template <class Self, class Visitor>
  static void visit_contrast(Self& self, Visitor& field) {
    field("embedding", self.embedding, "one task embedding a site, or one shared by all sites",
          {{EmbeddingOf::kSite, "site"}, {EmbeddingOf::kShared, "shared"}});
    field("embedding_size", self.embedding_size,
          "width of the task embedding; 0: that of the (first) site's input", not_negative());
    field("embedding_init", self.embedding_init, "kaiming: uniform; normal: deviation 0.01",
          {{EmbeddingInit::kKaiming, "kaiming"}, {EmbeddingInit::kNormal, "normal"}});
    field("contrastive_weight", self.contrastive_weight,
          "lambda of L = L_gen + lambda L_con; 0: without contrastive loss", not_negative());
    field("temperature", self.temperature, "tau of the contrastive loss (eq. 8)", positive());
    field(
        "representation", self.representation,
        "a sample's: the site's input at its first token (under a causal mask, where that sees "
        "itself alone, at the prompt's last: our choice), at the prompt's last token, its mean "
        "over the prompt, or the model's pooled output; a decoder beside an encoder takes no part",
        {{Representation::kFirstToken, "first_token"},
         {Representation::kLastPromptToken, "last_prompt_token"},
         {Representation::kMean, "mean"},
         {Representation::kPooled, "pooled"}});
    field("contrastive_sites", self.contrastive_sites,
          "pattern of the sites in the mean of eq. 8; those whose representation is not as wide as "
          "the embedding stay out");
    field("samples_before_dropout", self.samples_before_dropout,
          "a sample is the site's input before dropout; false: after it, as A reads it");
    field("detach_samples", self.detach_samples,
          "stop the contrastive gradient at the samples' representations");
  }
};

// 1 at each task's prefix, named by its last rank (zero-based). last [T] -> [T, ranks].
torch::Tensor one_hot(const torch::Tensor& last, std::int64_t ranks,
                      const torch::TensorOptions& tensors) {
  return torch::zeros({last.size(0), ranks}, tensors).scatter(1, last.unsqueeze(1), 1);
}

// p_t = softmax(W_g e_t + b_g) (eq. 3): how likely each task takes each rank. Handles only, the
// gate registers what is trained.
struct RankTable {
  torch::Tensor embedding, weight, bias;  // [T, D], [R, D], [R]
  torch::Tensor blocked;                  // [R] -inf where a rank is no candidate; undefined: none

  torch::Tensor logits() const {
    const torch::Tensor all = at::linear(embedding, weight, bias);
    return blocked.defined() ? all + blocked : all;
  }
  torch::Tensor probabilities() const { return torch::softmax(logits(), 1); }
};

// Which prefix of the ranks each task uses.
class Selector {
 public:
  virtual ~Selector() = default;
  /// q [T, R]: how much each prefix counts; its forward value is one-hot but for soft selectors.
  virtual torch::Tensor prefix_weights(const Pass& pass) const = 0;
  /// True: prefixes are mixed, so that every rank is on.
  virtual bool soft(bool /*training*/) const { return false; }
  /// [T] one-based ranks that never change; undefined where they are chosen.
  virtual torch::Tensor fixed() const { return {}; }
  /// What is recorded; none where no prefix is chosen.
  virtual std::optional<Selection> selection() const = 0;
};

class UniformSelector : public Selector {
 public:
  UniformSelector(std::int64_t tasks, std::int64_t ranks, const torch::TensorOptions& tensors)
      : weights_(torch::full({tasks, ranks}, 1.0 / static_cast<double>(ranks), tensors)) {}

  torch::Tensor prefix_weights(const Pass& /*pass*/) const override { return weights_; }
  bool soft(bool /*training*/) const override { return true; }
  std::optional<Selection> selection() const override { return std::nullopt; }

 private:
  torch::Tensor weights_;  // [T, R]
};

// Ranks that never change: given ones, or the first choice of a table that is trained no more.
class FixedSelector : public Selector {
 public:
  // rank [T] one-based. `table`: whose probabilities are recorded; none: the ranks are certain.
  FixedSelector(torch::Tensor rank, std::int64_t ranks, torch::TensorOptions tensors,
                std::optional<RankTable> table)
      : rank_(std::move(rank)), ranks_(ranks), tensors_(tensors), table_(std::move(table)) {}

  torch::Tensor prefix_weights(const Pass& /*pass*/) const override { return chosen(); }
  torch::Tensor fixed() const override { return rank_; }
  std::optional<Selection> selection() const override {
    return Selection{rank_, table_ ? table_->probabilities() : chosen()};
  }

 private:
  torch::Tensor chosen() const { return one_hot(rank_ - 1, ranks_, tensors_); }

  torch::Tensor rank_;
  std::int64_t ranks_;
  torch::TensorOptions tensors_;
  std::optional<RankTable> table_;
};

// The table's most likely rank, without a gradient.
class ArgmaxSelector : public Selector {
 public:
  explicit ArgmaxSelector(RankTable table) : table_(std::move(table)) {}

  torch::Tensor prefix_weights(const Pass& /*pass*/) const override {
    return picked(table_.probabilities());
  }
  std::optional<Selection> selection() const override {
    const torch::Tensor probability = table_.probabilities();
    return Selection{probability.argmax(1) + 1, probability};
  }

 protected:
  static torch::Tensor picked(const torch::Tensor& probability) {
    return one_hot(probability.argmax(1), probability.size(1), probability.options());
  }
  const RankTable& table() const { return table_; }

 private:
  RankTable table_;
};

// The same choice with a straight-through gradient: as printed (eq. 4) through the chosen rank's
// probability alone, or through those of all prefixes.
class StraightThroughSelector : public ArgmaxSelector {
 public:
  StraightThroughSelector(RankTable table, bool all)
      : ArgmaxSelector(std::move(table)), all_(all) {}

  torch::Tensor prefix_weights(const Pass& /*pass*/) const override {
    const torch::Tensor probability = table().probabilities();
    const torch::Tensor estimate = straight_through(probability);
    return all_ ? estimate : estimate * picked(probability);
  }

 private:
  bool all_;
};

// Gumbel-softmax in training (Jang et al., 2017), its temperature falling geometrically over the
// run; the most likely rank in evaluation.
class GumbelSelector : public ArgmaxSelector {
 public:
  GumbelSelector(RankTable table, const MoreOptions& options, std::string site)
      : ArgmaxSelector(std::move(table)),
        first_(options.first_temperature),
        last_(options.last_temperature),
        site_(std::move(site)) {}

  torch::Tensor prefix_weights(const Pass& pass) const override {
    if (!pass.step_info.training) return ArgmaxSelector::prefix_weights(pass);
    const torch::Tensor logits = table().logits();
    const Seed seed = pass.noise.stream("gumbel").stream(site_);
    const torch::Tensor noise = gumbel_tensor(logits.sizes(), seed, logits.options());
    return torch::softmax((logits + noise) / temperature(pass.step_info), 1);
  }
  bool soft(bool training) const override { return training; }

 private:
  double temperature(const StepInfo& step_info) const {
    const double done = static_cast<double>(step_info.step) /
                        static_cast<double>(std::max<std::int64_t>(1, step_info.steps - 1));
    return first_ * std::pow(last_ / first_, std::min(1.0, done));
  }

  double first_, last_;
  std::string site_;
};

// [T] for the selector "given": the options' ranks or else the suite's, perturbed, from 1 to r.
torch::Tensor given_ranks(const MoreOptions& options, const Site& site,
                          const AdapterInputs& inputs) {
  std::vector<std::int64_t> ranks = options.ranks;
  if (ranks.empty()) {
    const auto known = inputs.true_ranks.find(site.name);
    check(known != inputs.true_ranks.end(),
          "ranks: selector 'given' needs one per task, and the suite knows none at {}", site.name);
    ranks = known->second;
  }
  check(static_cast<std::int64_t>(ranks.size()) == inputs.tasks, "ranks: {} are given for {} tasks",
        ranks.size(), inputs.tasks);
  if (options.rank_perturbation == RankPerturbation::kShuffled) {
    Random random = inputs.seed.stream(site.name).stream("given").random();
    random.shuffle(ranks);
  }
  for (std::int64_t& rank : ranks) {
    if (options.rank_perturbation == RankPerturbation::kPlusOne) rank += 1;
    if (options.rank_perturbation == RankPerturbation::kDouble) rank *= 2;
    if (options.rank_perturbation == RankPerturbation::kHalf) rank /= 2;
    rank = std::clamp<std::int64_t>(rank, 1, options.rank);
  }
  return torch::tensor(ranks, inputs.options.dtype(torch::kInt64));
}

std::unique_ptr<Selector> make_selector(const MoreOptions& options, const Site& site,
                                        const AdapterInputs& inputs, const RankTable& table) {
  const auto fixed = [&](const torch::Tensor& rank, std::optional<RankTable> recorded) {
    return std::make_unique<FixedSelector>(rank.contiguous(), options.rank, inputs.options,
                                           std::move(recorded));
  };
  switch (options.selector) {
    case SelectorKind::kUniform:
      return std::make_unique<UniformSelector>(inputs.tasks, options.rank, inputs.options);
    case SelectorKind::kGiven:
      return fixed(given_ranks(options, site, inputs), std::nullopt);
    case SelectorKind::kFrozen:
      return fixed(table.probabilities().argmax(1) + 1, table);
    case SelectorKind::kArgmax:
      return std::make_unique<ArgmaxSelector>(table);
    case SelectorKind::kGumbel:
      return std::make_unique<GumbelSelector>(table, options, site.name);
    case SelectorKind::kStraightThrough:
    case SelectorKind::kStraightThroughAll:
      break;
  }
  return std::make_unique<StraightThroughSelector>(
      table, options.selector == SelectorKind::kStraightThroughAll);
}

double kaiming(std::int64_t width) { return std::sqrt(6 / static_cast<double>(width)); }

torch::Tensor first_embedding(const MoreOptions& options, const Site& site,
                              const AdapterInputs& inputs) {
  const std::int64_t width = options.embedding_size > 0 ? options.embedding_size : site.in;
  const Seed seed = inputs.seed.stream(site.name).stream("embedding");
  if (options.embedding_init == EmbeddingInit::kNormal) {
    return normal_tensor({inputs.tasks, width}, 0.01, seed, inputs.options);
  }
  return uniform_tensor({inputs.tasks, width}, kaiming(width), seed, inputs.options);
}

RankTable first_table(const MoreOptions& options, const Site& site, const AdapterInputs& inputs,
                      const torch::Tensor& embedding) {
  const std::int64_t width = embedding.size(1);
  const double bound = 1 / std::sqrt(static_cast<double>(width));
  const Seed seed = inputs.seed.stream(site.name);
  RankTable table{
      .embedding = embedding,
      .weight = uniform_tensor({options.rank, width}, kaiming(width), seed.stream("gate"),
                               inputs.options),
      .bias = uniform_tensor({options.rank}, bound, seed.stream("gate_bias"), inputs.options)};
  if (options.candidates.empty()) return table;
  table.blocked = torch::full({options.rank}, -INFINITY, inputs.options);
  for (const std::int64_t rank : options.candidates) table.blocked[rank - 1] = 0;
  return table;
}

// What prefixes and ranks are scaled with beside alpha / r.
class Scales {
 public:
  Scales(const MoreOptions& options, const AdapterInputs& inputs) {
    const torch::Tensor rank = torch::arange(1, options.rank + 1, inputs.options);
    prefix_ = options.rank_scaling == RankScaling::kOverTasks
                  ? rank / static_cast<double>(inputs.tasks)
                  : torch::ones({options.rank}, inputs.options);
    if (options.rank_scaling == RankScaling::kSquared) {
      rank_ = (rank / static_cast<double>(options.rank)).square();
    }
  }

  /// [T, R] from the prefixes' weights [T, R].
  torch::Tensor of_ranks(const torch::Tensor& prefixes) const {
    const torch::Tensor weight = rank_weights(prefixes * prefix_);
    return rank_.defined() ? weight * rank_ : weight;
  }

 private:
  torch::Tensor prefix_;  // [R] s_j of prefix j
  torch::Tensor rank_;    // [R] of rank i; undefined: 1
};

class TaskRankGate : public Gate {
 public:
  // `shared` [T, D]: the task embeddings of another site; undefined: this gate makes its own.
  TaskRankGate(const MoreOptions& options, const Site& site, const AdapterInputs& inputs,
               const torch::Tensor& shared)
      : options_(options), site_(site), embedding_(shared), scales_(options, inputs) {
    if (!shared.defined() && (options.has_gate() || options.contrasts())) {
      owns_embedding_ = true;
      embedding_ = add("task_embedding", first_embedding(options, site, inputs),
                       options.learns() || options.contrasts());
    }
    RankTable table;
    if (options.has_gate()) {
      table = first_table(options, site, inputs, embedding_);
      add("weight", table.weight, options.learns());
      add("bias", table.bias, options.learns());
    }
    selector_ = make_selector(options, site, inputs, table);
    if (selector_->fixed().defined()) register_buffer("rank", selector_->fixed());
  }

  Routing forward(const GateInput& input) override {
    const torch::Tensor prefixes = selector_->prefix_weights(input.pass);
    const torch::Tensor weight = scales_.of_ranks(prefixes);
    const torch::Tensor mask = selector_->soft(input.pass.step_info.training)
                                   ? torch::ones_like(weight, torch::kBool)
                                   : prefix_mask(prefixes.argmax(1, true), options_.rank);
    Choice choice = Choice::per_task(mask, weight);
    if (options_.representation == Representation::kPooled) return choice;
    const torch::Tensor& rows = options_.samples_before_dropout ? input.undropped : input.x;
    return {std::move(choice), contrast_with(represent(rows, input.pass.batch), input.pass)};
  }

  // Eq. 8's term, without lambda, for samples [S, D], a row a sequence; none where widths differ.
  AuxiliaryTerm contrast_with(torch::Tensor samples, const Pass& pass) const {
    if (!pass.step_info.training || !options_.contrasts() || site_.in_decoder ||
        !matches(options_.contrastive_sites, site_.name) || samples.size(1) != embedding_.size(1)) {
      return {};
    }
    if (options_.detach_samples) samples = samples.detach();
    return {contrastive_sum(samples, embedding_, pass.batch.sequence_task, options_.temperature)};
  }

  double active_ranks(std::int64_t ranks, const StepInfo& step_info) const override {
    if (selector_->soft(step_info.training)) return static_cast<double>(ranks);
    return selection()->rank.to(torch::kFloat64).mean().item<double>();
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
    const torch::NoGradGuard no_grad;
    return selector_->selection();
  }

 private:
  torch::Tensor add(const std::string& name, const torch::Tensor& start, bool trained) {
    return trained ? register_parameter(name, start) : register_buffer(name, start);
  }

  // [S, in] of a site's input [N, in].
  torch::Tensor represent(const torch::Tensor& rows, const Batch& batch) const {
    switch (options_.representation) {
      case Representation::kMean:
        return prompt_mean(rows, batch);
      case Representation::kLastPromptToken:
        return rows.index_select(0, batch.last_prompt_rows());
      default:
        return rows.index_select(0, telling_rows(site_, batch));
    }
  }

  MoreOptions options_;
  Site site_;
  bool owns_embedding_ = false;
  torch::Tensor embedding_;  // [T, D]; undefined: nothing reads one
  std::unique_ptr<Selector> selector_;
  Scales scales_;
};

class More : public Adapter {
 public:
  explicit More(BySite<MoreOptions> options) : options_(std::move(options)) {}

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    const MoreOptions& options = options_.at(site.name);
    const bool share = options.embedding == EmbeddingOf::kShared && !gates_.empty();
    gates_.push_back(std::make_shared<TaskRankGate>(
        options, site, inputs, share ? gates_.front()->task_embedding() : torch::Tensor()));
    RankUpdateParts parts = lora_parts(site, inputs, options.rank);
    parts.scale = options.alpha / static_cast<double>(options.rank);
    parts.dropout = options.dropout;
    parts.gate = gates_.back();
    return std::make_shared<RankUpdate>(site, inputs, std::move(parts));
  }

  void after_forward(const torch::Tensor& pooled, const Pass& pass) override {
    if (options_.common.representation == Representation::kPooled) {
      for (std::size_t i = 0; i < gates_.size(); ++i) {
        attached()[i].update->keep_auxiliary(gates_[i]->contrast_with(pooled, pass));
      }
    }
    const bool any = std::any_of(attached().begin(), attached().end(),
                                 [](const auto& site) { return site.update->has_auxiliary(); });
    check(any || !pass.step_info.training || !options_.common.contrasts(),
          "contrastive_sites: '{}' matches no site whose representation has the embedding's width",
          options_.common.contrastive_sites);
  }

  // Lambda times the mean over the sites that take part.
  double auxiliary_factor(std::int64_t sites) const override {
    return options_.common.contrastive_weight / static_cast<double>(sites);
  }

 private:
  BySite<MoreOptions> options_;
  std::vector<std::shared_ptr<TaskRankGate>> gates_;
};

const RegisterVariant<MoreOptions> more_registration(
    "more",
    {.paper = "Zhang et al., Findings of ACL 2025 (arXiv:2505.22694), eq. 3, 4 and 8",
     .summary = "a learnt rank per task: prefixes of one pair, chosen by task embeddings",
     .exemptions = {{"finite_differences/*.gate.*",
                     "trained through a straight-through estimate; compared with its surrogate in "
                     "more_test.cpp"}},
     .differing_by_site = {"rank", "alpha", "dropout", "candidates", "ranks", "rank_perturbation",
                           "rank_scaling"}},
    [](const BySite<MoreOptions>& options) { return std::make_unique<More>(options); });

}  // namespace
}  // namespace rankwise
