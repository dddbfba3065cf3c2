#include "framework/suites/planted_features.h"

#include "framework/adapter/random_tensor.h"
#include "framework/data/doubles.h"
#include "framework/model/tiny.h"

#include <torch/types.h>

#include <cmath>
#include <numeric>

namespace rankwise {

namespace {

using torch::Tensor;

// [tasks] of [d].
std::vector<Tensor> input_means(const PlantedOptions& options, std::uint64_t seed) {
  const Tensor directions =
      orthogonal_matrix(options.width, planted_stream(seed).stream("inputs")) *
      (options.inputs == PlantOptions::Inputs::kNone
           ? 0
           : options.input_separation * std::sqrt(static_cast<double>(options.width)));
  const std::vector<std::int64_t> groups = planted_groups(options);
  std::vector<Tensor> means;
  for (std::int64_t t = 0; t < options.tasks; ++t) {
    means.push_back(directions[options.inputs == PlantOptions::Inputs::kGroups ? groups[t] : t]);
  }
  return means;
}

Split draw_features(std::int64_t rows, const Tensor& mean, const Seed& seed) {
  const Tensor x = normal_tensor({rows, mean.size(0)}, 1, seed.stream("x"), kDouble) + mean;
  Split split;
  split.features.assign(x.data_ptr<double>(), x.data_ptr<double>() + x.numel());
  split.starts.resize(static_cast<std::size_t>(rows) + 1);
  std::iota(split.starts.begin(), split.starts.end(), std::int64_t{0});
  split.groups = split.starts;
  return split;
}

void check_options(const PlantedOptions& options) {
  check(options.tasks <= options.width && options.outputs <= options.width,
        "planted: {} tasks and {} outputs must not exceed the width {}", options.tasks,
        options.outputs, options.width);
  check_plant(options);
}

}  // namespace

SuiteData make_planted(const PlantedOptions& options, std::uint64_t seed) {
  check_options(options);
  const std::vector<Tensor> means = input_means(options, seed);
  const PlantedInputs inputs{.feature_width = options.width,
                             .draw = [&](std::int64_t task, std::int64_t rows, const Seed& stream) {
                               return draw_features(rows, means[task], stream);
                             }};
  SuiteData made = plant_tasks(options,
                               std::make_shared<Tiny>(options.width, options.layers, 0,
                                                      planted_backbone_seed(seed), kDouble),
                               inputs, seed);
  made.dataset.suite = "planted";
  return made;
}

namespace {

SuiteKind planted_kind() {
  return {.summary = "tasks whose true update has a known rank at every layer",
          .options = describe_options<PlantedOptions>(),
          .resolve =
              [](const nlohmann::json& options, const std::string& path) {
                const auto parsed = parse_options<PlantedOptions>(options, path);
                check_options(parsed);
                return options_to_json(parsed);
              },
          .make =
              [](const nlohmann::json& options, const SuiteInputs& suite) {
                const auto parsed = parse_options<PlantedOptions>(options, "data.options");
                return make_planted(parsed, planted_seed(parsed, suite));
              }};
}

const RegisterSuite planted_features_registration("planted", planted_kind());

}  // namespace

}  // namespace rankwise
