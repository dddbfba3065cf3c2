#include "framework/exchange/peft_config.h"

#include "framework/core/error.h"

#include <fmt/ranges.h>

#include <set>

namespace rankwise {

namespace {

using nlohmann::json;

// Read here or by a variant, or of no effect on what a trained adapter computes.
const std::set<std::string> kHarmless = {"peft_type",
                                         "task_type",
                                         "base_model_name_or_path",
                                         "revision",
                                         "inference_mode",
                                         "auto_mapping",
                                         "peft_version",
                                         "target_modules",
                                         "exclude_modules",
                                         "layers_to_transform",
                                         "layers_pattern",
                                         "init_weights",
                                         "init_ia3_weights",
                                         "r",
                                         "lora_alpha",
                                         "lora_dropout",
                                         "use_rslora",
                                         "use_dora",
                                         "rank_pattern",
                                         "alpha_pattern",
                                         "feedforward_modules",
                                         "init_r",
                                         "target_r",
                                         "tinit",
                                         "tfinal",
                                         "deltaT",
                                         "beta1",
                                         "beta2",
                                         "orth_reg_weight",
                                         "total_step",
                                         "megatron_core",
                                         "runtime_config",
                                         "eva_config",
                                         "qalora_group_size"};

// Starts that change the base model's weights, or that need them changed.
const std::set<std::string> kHarmlessStarts = {"gaussian", "orthogonal", "eva"};

// What PEFT takes a member that is not there for.
bool is_neutral(const std::string& name, const json& value) {
  if (value.is_null() || value == false || value == "none") return true;
  if (name == "init_lora_weights") {
    return value == true || (value.is_string() && kHarmlessStarts.contains(value));
  }
  return value.empty() && !value.is_string();
}

std::set<std::string> known_types() {
  std::set<std::string> types;
  for (const std::string& name : variants().names()) {
    if (const auto& peft = variants().find(name).facts.peft) types.insert(peft->type);
  }
  return types;
}

}  // namespace

json common_config(const BackboneKind& kind, const std::string& base,
                   const std::vector<PeftSite>& sites) {
  json modules = json::array();
  for (const PeftSite& site : sites) modules.push_back(site.module);
  return {{"base_model_name_or_path", base}, {"task_type", kind.hub.task_type},
          {"target_modules", modules},       {"inference_mode", true},
          {"modules_to_save", nullptr},      {"bias", "none"},
          {"fan_in_fan_out", false}};
}

void check_config(const json& config) {
  const json type = config.value("peft_type", json());
  const std::set<std::string> known = known_types();
  check(type.is_string() && known.contains(type), "peft_type is {}, expected one of {}",
        type.dump(), fmt::join(known, ", "));
  const json quantised = config.value("loftq_config", json());
  check(quantised.empty() || quantised.is_null(),
        "loftq_config: the base model is quantised, and backbones are read in full precision only");
  for (const auto& [name, value] : config.items()) {
    check(kHarmless.contains(name) || is_neutral(name, value),
          "{} is {}, which changes what the adapter computes and is not read here", name,
          value.dump());
  }
}

PeftMeaning meaning_of(const json& config, const std::vector<PeftSite>& sites) {
  for (const std::string& name : variants().names()) {
    const Variant& variant = variants().find(name);
    const auto& form = variant.facts.peft;
    if (!form || form->type != config.at("peft_type").get<std::string>()) continue;
    if (const auto options = form->read(config, sites)) {
      return {name, variant.resolve(*options, "options"), &*form};
    }
  }
  fail("no variant says what this config says of {}", config.at("peft_type").dump());
}

}  // namespace rankwise
