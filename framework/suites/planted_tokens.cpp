#include "framework/suites/planted_tokens.h"

#include "framework/data/doubles.h"

#include <torch/types.h>

#include <numeric>

namespace rankwise {

namespace {

void check_options(const PlantedTokensOptions& options) {
  check(options.tasks <= options.vocabulary, "planted_tokens: {} tasks exceed the {} words",
        options.tasks, options.vocabulary);
  check(options.input_separation <= 1,
        "planted_tokens: input_separation {} is no fraction of tokens, which is at most 1",
        options.input_separation);
  check_plant(options);
}

// A part of the vocabulary.
struct Words {
  std::int64_t first = 0, count = 0;
};

Words own_words(const PlantedTokensOptions& options, std::int64_t task) {
  if (options.inputs == PlantOptions::Inputs::kNone) return {0, options.vocabulary};
  const bool grouped = options.inputs == PlantOptions::Inputs::kGroups;
  const std::int64_t part = grouped ? planted_groups(options)[task] : task;
  const auto parts = grouped ? static_cast<std::int64_t>(options.groups.size()) : options.tasks;
  const std::int64_t count = options.vocabulary / parts;
  return {part * count, count};
}

Split draw_tokens(const PlantedTokensOptions& options, std::int64_t task, std::int64_t sequences,
                  const Seed& seed) {
  const Words own = own_words(options, task);
  const auto shortest = options.length / 2;
  Random random = seed.stream("tokens").random();
  Split split;
  split.starts = {0};
  for (std::int64_t s = 0; s < sequences; ++s) {
    const std::int64_t length =
        shortest + static_cast<std::int64_t>(random.index(options.length - shortest + 1));
    for (std::int64_t i = 0; i < length; ++i) {
      const Words from =
          random.uniform() < options.input_separation ? own : Words{0, options.vocabulary};
      split.tokens.push_back(static_cast<std::int32_t>(
          from.first + static_cast<std::int64_t>(random.index(from.count))));
    }
    split.starts.push_back(split.starts.back() + length);
  }
  split.segments.resize(split.tokens.size(), 0);
  split.groups.resize(static_cast<std::size_t>(sequences) + 1);
  std::iota(split.groups.begin(), split.groups.end(), std::int64_t{0});
  return split;
}

}  // namespace

SuiteData make_planted_tokens(const PlantedTokensOptions& options, const SuiteInputs& suite) {
  check_options(options);
  const std::uint64_t seed = planted_seed(options, suite);
  const PlantedInputs inputs{
      .vocabulary = options.vocabulary,
      .draw = [&](std::int64_t task, std::int64_t sequences, const Seed& stream) {
        return draw_tokens(options, task, sequences, stream);
      }};
  const BackboneInputs backbone{suite.data / "models", options.vocabulary, 0, kDouble,
                                planted_backbone_seed(seed)};
  SuiteData made =
      plant_tasks(options, backbones().find(suite.backbone).make(suite.backbone_options, backbone),
                  inputs, seed);
  made.dataset.suite = "planted_tokens";
  return made;
}

namespace {

SuiteKind planted_tokens_kind() {
  return {.summary = "the same on token sequences, planted at every linear of the run's backbone",
          .options = describe_options<PlantedTokensOptions>(),
          .resolve =
              [](const nlohmann::json& options, const std::string& path) {
                const auto parsed = parse_options<PlantedTokensOptions>(options, path);
                check_options(parsed);
                return options_to_json(parsed);
              },
          .make =
              [](const nlohmann::json& options, const SuiteInputs& suite) {
                return make_planted_tokens(
                    parse_options<PlantedTokensOptions>(options, "data.options"), suite);
              }};
}

const RegisterSuite planted_tokens_registration("planted_tokens", planted_tokens_kind());

}  // namespace

}  // namespace rankwise
