// Every conformance check can fail: variants with one fault each, and the check that must see it.

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/rank_update.h"
#include "framework/testing/conformance.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <set>

namespace rankwise {
namespace {

using torch::Tensor;

constexpr std::int64_t kRanks = 3;

class FaultyGate : public Gate {
 public:
  FaultyGate(std::string fault, const AdapterInputs& inputs) : fault_(std::move(fault)) {
    weight_ = torch::ones({inputs.tasks, kRanks}, inputs.options);
    if (fault_ == "same_bits") weight_ = torch::rand({inputs.tasks, kRanks}, inputs.options);
    if (fault_ == "gradients") register_parameter("unused", torch::ones({1}, inputs.options));
    if (fault_ != "save_load") register_buffer("weight", weight_);
  }

  Routing forward(const GateInput& input) override {
    const bool training = input.pass.step_info.training;
    Tensor weight = weight_;
    if (fault_ == "replay") weight = torch::rand_like(weight);
    if (fault_ == "recompute" && training) weight = weight * (1 + 0.1 * calls_++);
    if (fault_ == "bf16" && input.x.scalar_type() == torch::kBFloat16) weight = weight * 4;
    if (fault_ == "neighbours") weight = weight * (1 + input.x.detach().mean());
    const bool by_batch = fault_ == "chunks" || fault_ == "processes";
    if (by_batch && training) weight = weight * (1 + input.x.detach().mean());
    if (fault_ == "evaluation_state" && !training) weight_.add_(1);
    if (fault_ == "save_load" && training) weight_.mul_(1.1);
    if (fault_ == "unsaid_rows") {
      const Tensor one = torch::ones({input.x.size(0), kRanks - 1}, weight.options());
      return Choice::per_row(torch::arange(kRanks - 1).expand({one.size(0), -1}), one, kRanks);
    }
    Tensor mask = torch::ones_like(weight, torch::kBool);
    if (fault_ == "off_weight") mask.select(1, 0).fill_(false);  // and its weight stays
    Choice choice = Choice::per_task(mask, weight);
    if (fault_ != "micro_batches") return choice;
    return {std::move(choice), {input.x.mean().square()}};  // where a sum over sequences belongs
  }

  bool rows_are_independent() const override { return fault_ != "needlessly_whole"; }
  double active_ranks(std::int64_t ranks, const StepInfo& /*step_info*/) const override {
    const std::set<std::string> fewer = {"usage", "training_usage", "off_weight", "unsaid_rows"};
    return static_cast<double>(fewer.contains(fault_) ? ranks - 1 : ranks);
  }
  std::int64_t active_parameters() const override {
    return fault_ == "counts" ? 1'000'000 : Gate::active_parameters();
  }

 private:
  std::string fault_;
  double calls_ = 0;
  Tensor weight_;  // [T, R]
};

class FaultyUpdate : public RankUpdate {
 public:
  FaultyUpdate(std::string fault, const Site& site, const AdapterInputs& inputs,
               RankUpdateParts parts)
      : RankUpdate(site, inputs, std::move(parts)), fault_(std::move(fault)) {}

  Tensor forward(const Tensor& x, const FrozenLinear& frozen, const Pass& pass) override {
    if (fault_ == "frozen") {
      const torch::NoGradGuard no_grad;
      Tensor(frozen.weight).add_(1e-6);
    }
    const Tensor y = RankUpdate::forward(x, frozen, pass);
    if (fault_ == "finite_differences") return 2 * y - y.detach();
    return fault_ == "loss_falls" ? y * 0 : y;
  }

 private:
  std::string fault_;
};

class FaultyAdapter : public Adapter {
 public:
  explicit FaultyAdapter(std::string fault) : fault_(std::move(fault)) {}

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    const Seed seed = inputs.seed.stream(site.name);
    RankUpdateParts parts{.a = linear_init(kRanks, site.in, seed, inputs.options),
                          .gate = std::make_shared<FaultyGate>(fault_, inputs)};
    if (fault_ == "identity") parts.b = torch::ones({site.out, kRanks}, inputs.options);
    return std::make_shared<FaultyUpdate>(fault_, site, inputs, std::move(parts));
  }

 private:
  std::string fault_;
};

toy::Recipe recipe_with(const std::string& fault) {
  auto variant = std::make_shared<Variant>();
  variant->resolve = [fault](const nlohmann::json& options, const std::string& path) {
    check(options.empty() || fault == "unknown_option", "{}: no_such_option is unknown", path);
    return options;
  };
  variant->make = [fault](const nlohmann::json&) { return std::make_unique<FaultyAdapter>(fault); };
  // bert's residual path would let the heads learn without any linear.
  const auto kind = fault == "loss_falls" ? toy::Kind::kFeatures : toy::Kind::kTokens;
  return {.variant = "faulty", .kind = kind, .unregistered = std::move(variant)};
}

// A gate by task, soft in training and hard in evaluation, where task t uses t ranks: none of 0.
class HardeningGate : public Gate {
 public:
  explicit HardeningGate(const AdapterInputs& inputs) {
    const Tensor task = torch::arange(inputs.tasks, inputs.options).unsqueeze(1);
    const Tensor rank = torch::arange(kRanks, inputs.options);
    logit_ = register_parameter("logit", 2 * (task - rank) - 1);  // above zero for rank < task
  }

  Routing forward(const GateInput& input) override {
    const Tensor soft = torch::sigmoid(logit_);
    if (input.pass.step_info.training) return Choice::per_task(torch::ones_like(open()), soft);
    return Choice::per_task(open(), soft * open());
  }
  double active_ranks(std::int64_t ranks, const StepInfo& step_info) const override {
    if (step_info.training) return static_cast<double>(ranks);
    return open().sum(1).to(torch::kFloat64).mean().item<double>();
  }
  std::optional<Selection> selection() const override { return Selection{.rank = open().sum(1)}; }

 private:
  Tensor open() const { return logit_ > 0; }

  Tensor logit_;  // [T, R]
};

toy::Recipe hardening_recipe() {
  auto variant = std::make_shared<Variant>();
  variant->resolve = [](const nlohmann::json& options, const std::string& path) {
    check(options.empty(), "{}: no_such_option is unknown", path);
    return options;
  };
  variant->make = [](const nlohmann::json&) {
    return rank_adapter([](const Site& site, const AdapterInputs& inputs) {
      RankUpdateParts parts = lora_parts(site, inputs, kRanks);
      parts.gate = std::make_shared<HardeningGate>(inputs);
      return parts;
    });
  };
  return {.variant = "hardening", .unregistered = std::move(variant)};
}

// Failures that a check reports on a variant.
int failures(const std::string& check, const toy::Recipe& recipe) {
  ::testing::TestPartResultArray results;
  {
    const ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    conformance::run(check, recipe);
  }
  int failed = 0;
  for (int i = 0; i < results.size(); ++i) failed += results.GetTestPartResult(i).failed() ? 1 : 0;
  return failed;
}

TEST(ConformanceFaults, EachCheckSeesItsFault) {
  for (const auto& check : conformance::checks()) {
    EXPECT_GT(failures(check.name, recipe_with(check.name)), 0) << check.name << " sees nothing";
  }
}

// Where rows of prompts and of answers pass through different sites.
TEST(ConformanceFaults, AreSeenBesideADecoder) {
  for (const std::string fault : {"identity", "neighbours", "usage", "training_usage", "replay"}) {
    toy::Recipe recipe = recipe_with(fault);
    recipe.kind = toy::Kind::kEncoderDecoder;
    EXPECT_GT(failures(fault, recipe), 0) << fault;
    recipe.sites = {"decoder.*"};
    EXPECT_GT(failures(fault, recipe), 0) << fault << " in the decoder";
  }
}

TEST(ConformanceFaults, AWeightOnARankThatIsOffIsSeen) {
  EXPECT_GT(failures("usage", recipe_with("off_weight")), 0);
  EXPECT_GT(failures("training_usage", recipe_with("off_weight")), 0);
}

TEST(ConformanceFaults, AChoicePerRowThatTheGateDoesNotTellOfIsSeen) {
  EXPECT_EQ(failures("training_usage", recipe_with("unsaid_rows")), 0);
  EXPECT_GT(failures("usage", recipe_with("unsaid_rows")), 0);
}

TEST(ConformanceFaults, AStepKeptWholeForNoReasonIsSeen) {
  EXPECT_GT(failures("chunks", recipe_with("needlessly_whole")), 0);
}

TEST(ConformanceFaults, AGateThatHardensInEvaluationPasses) {
  for (const auto& check : conformance::checks()) {
    EXPECT_EQ(failures(check.name, hardening_recipe()), 0) << check.name;
  }
}

TEST(ConformanceFaults, AVariantWithoutFaultPasses) {
  for (const toy::Kind kind :
       {toy::Kind::kTokens, toy::Kind::kDecoder, toy::Kind::kEncoderDecoder}) {
    toy::Recipe recipe = recipe_with("none");
    recipe.kind = kind;
    for (const auto& check : conformance::checks()) {
      EXPECT_EQ(failures(check.name, recipe), 0) << check.name << " on " << to_string(kind);
    }
  }
}

}  // namespace
}  // namespace rankwise
