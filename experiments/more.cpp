// MoRE (Zhang et al., Findings of ACL 2025): each task learns its rank at each site, a prefix of
// one shared low-rank pair; a contrastive loss shapes the task embeddings that choose it.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/rank_update.h"
#include "framework/adapter/routing.h"
#include "framework/adapter/variant.h"

#include <cmath>

namespace rankwise {
namespace {

struct MoreOptions {
  std::int64_t rank = 8;
  double alpha = 32;
  double dropout = 0;
  double contrastive_weight = 0.1;
  double temperature = 0.05;
  bool linear_scaling = true;
  bool detach_samples = false;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("rank", self.rank, "largest rank r; every rank from 1 to r is an expert", positive());
    field("alpha", self.alpha, "the update is scaled by alpha / rank", positive());
    field("dropout", self.dropout, "dropout on the input of A (0.1 in the released code)",
          between(0, 0.99));
    field("contrastive_weight", self.contrastive_weight,
          "lambda of L = L_gen + lambda L_con; 0: without contrastive loss", not_negative());
    field("temperature", self.temperature, "tau of the contrastive loss (eq. 8)", positive());
    field("linear_scaling", self.linear_scaling, "scale by r_t / T as well");
    field("detach_samples", self.detach_samples,
          "stop the contrastive gradient at the samples' representations");
  }
};

class TaskRankGate : public Gate {
 public:
  TaskRankGate(const MoreOptions& options, const Site& site, const Setting& setting)
      : options_(options), tasks_(setting.tasks), sites_(setting.sites) {
    const Seed seed = setting.seed.stream(site.name);
    const double bound = std::sqrt(6 / static_cast<double>(site.in));  // Kaiming-uniform
    embedding_ = register_parameter(
        "task_embedding",
        uniform_tensor({tasks_, site.in}, bound, seed.stream("embedding"), setting.options));
    weight_ = register_parameter("weight", uniform_tensor({options.rank, site.in}, bound,
                                                          seed.stream("gate"), setting.options));
    bias_ = register_parameter(
        "bias", uniform_tensor({options.rank}, 1 / std::sqrt(static_cast<double>(site.in)),
                               seed.stream("gate_bias"), setting.options));
  }

  Choice forward(const GateInput& input) override {
    const torch::Tensor probability = probabilities();
    const torch::Tensor last = probability.argmax(1, /*keepdim=*/true);  // [T, 1], r_t - 1
    // Forward uses the chosen rank at weight one; backward sees its probability (eq. 4).
    const torch::Tensor weight = straight_through(probability).gather(1, last);  // [T, 1]
    const torch::Tensor prefix =
        torch::arange(options_.rank, last.options()).unsqueeze(0) <= last;  // [T, R]
    const torch::Tensor scale = options_.linear_scaling
                                    ? (last + 1).to(weight.scalar_type()) / tasks_
                                    : torch::ones_like(weight);
    keep_contrast(input);
    return Choice::by_task(prefix, prefix.to(weight.scalar_type()) * (weight * scale));
  }

  double active_ranks(std::int64_t /*ranks*/) const override {
    return selection()->rank.to(torch::kFloat64).mean().item<double>();
  }
  std::int64_t active_parameters() const override {
    return embedding_.size(1) + weight_.numel() + bias_.numel();
  }
  AuxiliaryTerm take_auxiliary() override { return std::exchange(contrast_, {}); }
  torch::Tensor task_embedding() const override { return embedding_; }

  std::optional<Selection> selection() const override {
    const torch::NoGradGuard no_grad;
    const torch::Tensor probability = probabilities();
    return Selection{probability.argmax(1) + 1, probability};
  }

 private:
  // p_t = softmax(W_g e_t + b_g) (eq. 3).
  torch::Tensor probabilities() const {
    return torch::softmax(at::linear(embedding_, weight_, bias_), 1);
  }

  // h_i is the site's input at each sequence's first token; mean over sequences, then over sites.
  void keep_contrast(const GateInput& input) {
    contrast_ = {};
    if (!input.pass.moment.training || options_.contrastive_weight == 0) return;
    const Batch& batch = input.pass.batch;
    torch::Tensor samples = input.x.index_select(0, batch.first_rows);
    if (options_.detach_samples) samples = samples.detach();
    const torch::Tensor sum =
        contrastive_sum(samples, embedding_, batch.sequence_task, options_.temperature);
    contrast_ = {sum * (options_.contrastive_weight / static_cast<double>(sites_)),
                 batch.sequences()};
  }

  MoreOptions options_;
  std::int64_t tasks_, sites_;
  torch::Tensor embedding_, weight_, bias_;  // [T, in], [R, in], [R]
  AuxiliaryTerm contrast_;
};

class More : public Adapter {
 public:
  explicit More(const MoreOptions& options) : options_(options) {}

  std::shared_ptr<Update> make_update(const Site& site, const Setting& setting) override {
    return std::make_shared<RankUpdate>(
        site, setting,
        RankUpdateParts{
            .a = linear_init(options_.rank, site.in, setting.seed.stream(site.name).stream("A"),
                             setting.options),
            .scale = options_.alpha / static_cast<double>(options_.rank),
            .dropout = options_.dropout,
            .gate = std::make_shared<TaskRankGate>(options_, site, setting)});
  }

 private:
  MoreOptions options_;
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
