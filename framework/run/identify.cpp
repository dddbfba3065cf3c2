#include "framework/run/identify.h"

#include "framework/adapter/variant.h"
#include "framework/core/hash.h"
#include "framework/data/content.h"
#include "framework/model/backbone.h"
#include "framework/run/init_from.h"
#include "framework/run/plugin.h"
#include "framework/study/identity.h"

namespace rankwise {

namespace {

using nlohmann::json;

json variant_identity(const json& config, json identity) {
  const std::string name = config.at("variant");
  const Variant& variant = variants().find(name);
  identity["variant"] = name;
  identity["options"] = differing({.values = config.at("options"),
                                   .options = variant.options,
                                   .revision = variant.revision(config.at("options"))});
  const auto sites = identity["options"].find(kSiteOptions);
  if (sites != identity["options"].end()) {
    for (json& own : *sites) own = under_first_names(own, variant.options);
  }
  if (const Plugin* plugin = plugin_of(name)) identity["plugin"] = plugin->sha256;
  return identity;
}

json backbone_identity(json backbone, const std::string& weights) {
  const std::string name = backbone.at("name");
  backbone.erase("name");
  const BackboneKind& kind = backbones().find(name);
  json identity = differing({.values = backbone,
                             .options = kind.options,
                             .without = {"weights"},
                             .revision = kind.revision});
  identity["name"] = name;
  if (!weights.empty()) identity["weights"] = weights;
  return identity;
}

// Tasks made in memory are known by their recipe, others by their content, whatever file it is in.
json data_identity(const json& data, const std::string& content) {
  json identity = differing({.values = data,
                             .options = describe_options<DataOptions>(),
                             .without = {"suite", "tasks", "options"},
                             .revision = DataOptions::kRevision});
  if (!content.empty()) {
    identity["content"] = content;
    return identity;
  }
  const SuiteKind& suite = suites().find(data.at("suite").get<std::string>());
  identity["suite"] = data.at("suite");
  identity["suite_options"] = differing(
      {.values = data.at("options"), .options = suite.options, .revision = suite.revision});
  if (!data.at("tasks").empty()) identity["tasks"] = data.at("tasks");
  return identity;
}

// A section as today's program writes it: every default, today's names and words.
template <class Options>
json todays(const json& config, const char* section) {
  return options_to_json(parse_options<Options>(config.at(section), section));
}

json train_identity(const json& config) {
  std::set<std::string> without = TrainOptions::without_effect();
  const auto& exemptions =
      variants().find(config.at("variant").get<std::string>()).facts.exemptions;
  if (exemptions.contains("micro_batches")) without.erase("micro_batch");
  return differing({.values = todays<TrainOptions>(config, "train"),
                    .options = describe_options<TrainOptions>(),
                    .without = without,
                    .revision = TrainOptions::kRevision});
}

std::int64_t adapter_seed(const json& config) {
  return config.value("adapter_seed", config.value("adapter_stream", std::int64_t{0}));
}

}  // namespace

RunIdentity identify(const json& config, const Contents& contents) {
  json identity = {{"schema", kIdentitySchema}, {"seed", config.at("seed")}};
  identity = variant_identity(config, std::move(identity));
  identity["backbone"] = backbone_identity(config.at("backbone"), contents.weights);
  identity["data"] = data_identity(config.at("data"), contents.tasks);
  identity["train"] = train_identity(config);
  identity["record"] = differing({.values = todays<RecordOptions>(config, "record"),
                                  .options = describe_options<RecordOptions>(),
                                  .without = RecordOptions::without_effect()});
  const auto& kind = backbones().find(config.at("backbone").at("name").get<std::string>());
  if (config.at("sites") != json(kind.default_sites)) identity["sites"] = config.at("sites");
  if (adapter_seed(config) != 0) identity["adapter_seed"] = adapter_seed(config);
  const std::string init_from = config.value("init_from", "");
  check(init_from.empty() == contents.init.empty(),
        "init_from '{}' goes with the hash '{}': a run has both or none of them", init_from,
        contents.init);
  if (!contents.init.empty()) identity["init_from"] = contents.init;
  return {.tasks_sha256 = contents.tasks,
          .weights_sha256 = contents.weights,
          .init_sha256 = contents.init,
          .identity = identity,
          .config_hash = identity_hash(identity),
          .protocol_hash = identity_hash(protocol_of(identity))};
}

RunIdentity identify(const RunConfig& config, const Contents& contents) {
  return identify(config.to_json(), contents);
}

Contents ContentReader::of(const RunConfig& config) {
  Contents contents;
  const std::string backbone = config.backbone + config.backbone_options.dump();
  if (!weights_.contains(backbone)) {
    weights_[backbone] = backbones()
                             .find(config.backbone)
                             .weights_sha256(config.backbone_options, paths_.data / "models");
  }
  contents.weights = weights_.at(backbone);
  if (!config.init_from.empty()) {
    if (!init_.contains(config.init_from)) {
      init_[config.init_from] = sha256_file(init_file(config.init_from, paths_.results));
    }
    contents.init = init_.at(config.init_from);
  }
  if (suites().contains(config.data.suite)) return contents;
  const SuiteInputs inputs = suite_inputs(config, paths_);
  const std::string suite =
      config.data.suite + " " + inputs.tokenizer + json(config.data.tasks).dump();
  if (!tasks_.contains(suite)) tasks_[suite] = content_sha256(read_suite(config.data, inputs));
  contents.tasks = tasks_.at(suite);
  return contents;
}

}  // namespace rankwise
