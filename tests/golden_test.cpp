// A short run of every variant as text: a change of any number shows as a readable difference.
// RANKWISE_WRITE_GOLDEN=1 writes the files anew.

#include "framework/adapter/variant.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"
#include "framework/testing/fixtures.h"
#include "framework/testing/toy.h"
#include "framework/train/evaluator.h"
#include "framework/train/trainer.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace rankwise {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = source_tree();

std::string golden_text(const fs::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::string parameters_text(const ParameterCounts& counts) {
  return fmt::format("parameters: total {} trainable {} active {} router {} frozen {} head {}\n",
                     counts.total, counts.trainable, counts.active, counts.router, counts.frozen,
                     counts.head);
}

// [T, R] with zeros for the ranks that the other has and this one has not.
torch::Tensor widened(const torch::Tensor& count, const torch::Tensor& other) {
  const std::int64_t missing = other.size(1) - count.size(1);
  return missing > 0 ? torch::constant_pad_nd(count, {0, missing}) : count;
}

// Dev tokens of each task that chose a rank, summed over sites; then the chosen ranks by site.
std::string usage_text(Model& model, const Dataset& dataset) {
  std::string text;
  torch::Tensor total;
  std::string selected;
  for (const auto& [site, update] : model.adapter().attached()) {
    if (update->gate() == nullptr) continue;
    const torch::Tensor count = update->evaluation_usage()->count();
    total = total.defined() ? widened(total, count) + widened(count, total) : count;
    if (const auto selection = update->gate()->selection()) {
      selected += fmt::format("rank at {}: {}\n", site.name,
                              fmt::join(fixtures::integers(selection->rank), " "));
    }
  }
  if (!total.defined()) return "usage: none\n";
  for (std::int64_t task = 0; task < dataset.task_count(); ++task) {
    text += fmt::format("usage of {}: {}\n", dataset.tasks[task].task.name,
                        fmt::join(fixtures::integers(total[task]), " "));
  }
  return text + selected;
}

std::string trace(const std::string& variant) {
  const toy::Recipe recipe{.variant = variant};
  const Dataset& dataset = toy::dataset(recipe.kind);
  const auto model = toy::model(recipe);
  std::string text =
      fmt::format("{} with its defaults on the toy tokens, fp64, seed 1\n", variant) +
      parameters_text(model->count());
  Trainer trainer(*model, dataset, toy::training(8), Seed(1), recipe.tensors);
  struct Steps : Observer {
    void on_step(const StepRecord& record) override {
      text += fmt::format("step {}: loss {:.6g} auxiliary {:.6g}\n", record.step, record.loss,
                          record.auxiliary);
    }
    std::string text;
  } steps;
  trainer.run({&steps}, [](std::int64_t) {});
  const Evaluation evaluation =
      Evaluator(dataset, 64, recipe.tensors).evaluate(*model, SplitName::kDev, true);
  text += steps.text;
  for (const PredictionRecord& task : evaluation.tasks) {
    for (const auto& [metric, score] : task.scores) {
      text += fmt::format("{} {}: {:.6g}\n", task.task, metric, score);
    }
  }
  return text + usage_text(*model, dataset);
}

fs::path golden_file(const std::string& variant) {
  return kRoot / "tests" / "golden" / (variant + ".txt");
}

// Sources of variants in experiments/, without tests.
std::set<std::string> variant_sources() {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(kRoot / "experiments")) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == ".cpp" && !stem.ends_with("_test")) names.insert(stem);
  }
  return names;
}

TEST(Golden, TracesAreWhatTheyWere) {
  const char* rewritten = std::getenv("RANKWISE_WRITE_GOLDEN");  // one variant's name
  for (const std::string& variant : variant_sources()) {
    if (rewritten != nullptr && variant != rewritten) continue;
    const std::string found = trace(variant);
    if (rewritten != nullptr) std::ofstream(golden_file(variant)) << found;
    EXPECT_EQ(golden_text(golden_file(variant)), found)
        << "where the change is meant: RANKWISE_WRITE_GOLDEN=" << variant
        << " rankwise_tests --gtest_filter=Golden.*";
  }
}

TEST(Golden, EveryVariantHasItsFilesAndEveryFileItsVariant) {
  const std::set<std::string> sources = variant_sources();
  EXPECT_FALSE(sources.empty());
  std::set<std::string> registered;
  for (const std::string& name : variants().names()) registered.insert(name);
  if (std::getenv("RANKWISE_TEST_PLUGINS") == nullptr) {
    EXPECT_EQ(sources, registered) << "experiments/*.cpp against the registered names";
  }
  std::set<std::string> golden;
  for (const auto& entry : fs::directory_iterator(kRoot / "tests" / "golden")) {
    golden.insert(entry.path().stem().string());
  }
  EXPECT_EQ(sources, golden) << "experiments/*.cpp against tests/golden";
  for (const std::string& name : sources) {
    EXPECT_TRUE(fs::exists(kRoot / "experiments" / (name + "_test.cpp"))) << name << " has no test";
  }
}

}  // namespace
}  // namespace rankwise
