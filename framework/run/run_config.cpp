#include "framework/run/run_config.h"

#include "framework/adapter/variant.h"
#include "framework/core/slug.h"
#include "framework/model/backbone.h"
#include "framework/train/budget.h"

#include <fmt/ranges.h>

#include <limits>
#include <optional>
#include <utility>

namespace rankwise {

namespace {

using nlohmann::json;

// The members of one run in a study file; parsed as options so that typos are refused.
struct RunMembers {
  std::string variant;
  std::string label, group;
  json options = json::object();
  std::int64_t seed = 0, adapter_seed = 0;
  json backbone = {{"name", "bert"}};
  json data = json::object();
  TrainOptions train;
  RecordOptions record;
  std::vector<std::string> sites;
  std::string init_from;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("variant", self.variant, "registered variant");
    field("label", self.label, "name of its row in tables");
    field("group", self.group, "name of runs that belong together; empty: the label");
    field("options", self.options, "the variant's options");
    field("seed", self.seed, "seed of every random stream", at_least(0));
    field(renamed("adapter_seed", "adapter_stream"), self.adapter_seed,
          "changes only the adapter's initialisation", at_least(0));
    field("backbone", self.backbone, "name and options of the backbone");
    field("data", self.data, "suite and subsets");
    field("train", self.train, "training");
    field("record", self.record, "what is recorded");
    field(also_called("sites", "target_modules"), self.sites,
          "patterns of adapted linears; empty: the backbone's default. As target_modules, ends of "
          "their names: \"query\" is \"*.query\"");
    field("init_from", self.init_from,
          "goes on from the parameters of another run: its file, STUDY/LABEL-SEED, or a file of "
          "parameters (.safetensors); empty: from fresh ones");
  }
};

std::string backbone_name(const json& backbone, const std::string& path) {
  const auto name = backbone.find("name");
  check(name != backbone.end() && name->is_string(),
        "{}.backbone: has no name; the backbones are {}", path,
        fmt::join(backbones().names(), ", "));
  return name->get<std::string>();
}

// What PEFT's target_modules mean: the linears of those names, wherever they are.
std::vector<std::string> ends_of_names(const std::vector<std::string>& modules) {
  std::vector<std::string> patterns;
  for (const std::string& name : modules) patterns.push_back("*." + name);
  return patterns;
}

template <class Lookup>
auto at_path(const std::string& path, Lookup lookup) {
  try {
    return lookup();
  } catch (const Error& error) {
    fail("{}: {}", path, error.what());
  }
}

// The optimizer computes in single precision.
void check_rates(const TrainOptions& train, const std::string& path) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  for (const auto& [name, rate] : {std::pair("learning_rate", std::optional(train.learning_rate)),
                                   std::pair("head_learning_rate", train.head_learning_rate)}) {
    check(rate.value_or(0) <= kLargest,
          "{}.{}: {} is beyond the largest number of single precision, {:.1e}", path, name,
          rate.value_or(0), kLargest);
  }
}

}  // namespace

RunConfig resolve_run(const json& run, const std::string& path) {
  auto members = parse_options<RunMembers>(run, path);
  if (run.contains("target_modules")) members.sites = ends_of_names(members.sites);
  check(!members.variant.empty(), "{}: has no variant; the variants are {}", path,
        fmt::join(variants().names(), ", "));
  RunConfig config;
  config.variant = variants().name_of(members.variant);
  const Variant& variant =
      at_path(path + ".variant", [&] { return std::cref(variants().find(config.variant)); });
  config.label = members.label.empty() ? members.variant : members.label;
  config.group = members.group.empty() ? config.label : members.group;
  config.options = variant.resolve(members.options, path + ".options");
  config.seed = members.seed;
  config.adapter_seed = members.adapter_seed;
  config.backbone = backbones().name_of(backbone_name(members.backbone, path));
  const BackboneKind& kind = at_path(path + ".backbone.name",
                                     [&] { return std::cref(backbones().find(config.backbone)); });
  json backbone_options = members.backbone;
  backbone_options.erase("name");
  config.backbone_options = kind.resolve(backbone_options, path + ".backbone");
  config.data = resolve_data(members.data, path + ".data");
  config.train = members.train;
  settle(config.train, run.value("train", json::object()), path + ".train");
  check_rates(config.train, path + ".train");
  at_path(path + ".train.sampler.tasks",
          [&] { return std::cref(task_weightings().find(config.train.sampler.tasks)); });
  config.record = members.record;
  config.sites = members.sites.empty() ? kind.default_sites : members.sites;
  config.init_from = members.init_from;
  return config;
}

std::vector<OptionInfo> run_members() { return describe_options<RunMembers>(); }

json RunConfig::to_json() const {
  json named_backbone = backbone_options;
  named_backbone["name"] = backbone;
  return {{"variant", variant},
          {"label", label},
          {"group", group},
          {"options", options},
          {"seed", seed},
          {"adapter_seed", adapter_seed},
          {"backbone", named_backbone},
          {"data", options_to_json(data)},
          {"train", options_to_json(train)},
          {"record", options_to_json(record)},
          {"sites", sites},
          {"init_from", init_from}};
}

SuiteInputs suite_inputs(const RunConfig& config, const Paths& paths) {
  return {.data = paths.data,
          .tokenizer = config.backbone_options.value("weights", ""),
          .seed = static_cast<std::uint64_t>(config.seed),
          .backbone = config.backbone,
          .backbone_options = config.backbone_options};
}

std::filesystem::path run_file(const RunConfig& config, const RunIdentity& identity,
                               const std::string& study, const Paths& paths) {
  return paths.results / slug(study) / (slug(config.label) + run_file_ending(config, identity));
}

std::string run_file_ending(const RunConfig& config, const RunIdentity& identity) {
  return fmt::format("-s{}-{}.h5", config.seed, identity.config_hash.substr(0, 10));
}

}  // namespace rankwise
