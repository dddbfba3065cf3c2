// The conformance suite over every registered variant, and over the plug-ins that
// RANKWISE_TEST_PLUGINS names (paths with colons between them).

#include "framework/testing/conformance.h"

#include "framework/adapter/variant.h"
#include "framework/run/plugin.h"
#include "framework/run/run_setup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>

namespace rankwise {
namespace {

struct Case {
  std::string check;
  toy::Recipe recipe;
  std::string device;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.recipe.variant << " on " << to_string(one.recipe.kind);
}

void load_test_plugins() {
  const char* paths = std::getenv("RANKWISE_TEST_PLUGINS");
  if (paths == nullptr) return;
  std::vector<std::string> libraries;
  std::stringstream list(paths);
  for (std::string path; std::getline(list, path, ':');) libraries.push_back(path);
  try {
    load_plugins(libraries);
  } catch (const Error& error) {
    std::cerr << "RANKWISE_TEST_PLUGINS: " << error.what() << '\n';
    std::exit(1);
  }
}

std::vector<std::string> devices() {
  try {
    parse_device("cuda");
    return {"cpu", "cuda"};
  } catch (const Error&) {
    return {"cpu"};
  }
}

// Names are asked for when the tests start: by then every variant has registered itself.
std::vector<Case> cases() {
  load_test_plugins();
  std::vector<Case> all;
  for (const std::string& variant : variants().names()) {
    for (const toy::Kind kind : {toy::Kind::kTokens, toy::Kind::kFeatures, toy::Kind::kDecoder,
                                 toy::Kind::kEncoderDecoder}) {
      for (const std::string& device : devices()) {
        const auto tensors =
            torch::TensorOptions().dtype(torch::kFloat64).device(parse_device(device));
        const toy::Recipe recipe{.variant = variant, .kind = kind, .tensors = tensors};
        for (const auto& check : conformance::checks()) all.push_back({check.name, recipe, device});
      }
    }
  }
  return all;
}

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  const Case& one = info.param;
  return one.recipe.variant + "_" + to_string(one.recipe.kind) + "_" + one.device + "_" + one.check;
}

class Conformance : public ::testing::TestWithParam<Case> {};

TEST_P(Conformance, Holds) {
  const toy::Recipe& recipe = GetParam().recipe;
  const bool answers = !toy::all_have_heads(recipe.kind);
  if (answers && toy::model(recipe)->adapter_parameters().empty()) {
    GTEST_SKIP() << recipe.variant << " trains heads alone, and some of these tasks have none";
  }
  conformance::run(GetParam().check, recipe);
}

INSTANTIATE_TEST_SUITE_P(Variants, Conformance, ::testing::ValuesIn(cases()), name_of);

// Half as many ranks as the default at the second of the features' two sites.
TEST(SiteOptions, HoldCountsUsageAndReplayInEveryVariantThatHasThem) {
  for (const std::string& name : variants().names()) {
    const Variant& variant = variants().find(name);
    if (variant.facts.differing_by_site.empty()) continue;
    SCOPED_TRACE(name);
    const auto rank = variant.resolve(nlohmann::json::object(), "").at("rank").get<std::int64_t>();
    const toy::Recipe recipe{.variant = name,
                             .options = {{"site_options", {{"layer.1", {{"rank", rank / 2}}}}}},
                             .kind = toy::Kind::kFeatures};
    const auto model = toy::model(recipe);
    const auto& sites = model->adapter().attached();
    ASSERT_EQ(sites.size(), 2U);
    EXPECT_EQ(sites[0].update->ranks(), 2 * sites[1].update->ranks());
    for (const char* check :
         {"gradients", "counts", "usage", "training_usage", "replay", "save_load", "recompute"}) {
      conformance::run(check, recipe);
    }
  }
}

TEST(ConformanceSuite, RunsOnCuda) {
  if (devices().size() == 1) GTEST_SKIP() << "NO CUDA DEVICE: nothing was tried on a GPU";
}

TEST(ConformanceSuite, ExemptionsNameChecks) {
  for (const std::string& variant : variants().names()) {
    for (const auto& [key, reason] : variants().find(variant).facts.exemptions) {
      const std::string check = key.substr(0, key.find('/'));
      const auto& checks = conformance::checks();
      EXPECT_TRUE(std::any_of(checks.begin(), checks.end(),
                              [&](const auto& known) { return known.name == check; }))
          << variant << " is exempt from " << key << ", which is no check";
      EXPECT_FALSE(reason.empty()) << variant << ", " << key;
    }
  }
}

}  // namespace
}  // namespace rankwise
