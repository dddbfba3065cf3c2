#include "framework/exchange/import_peft.h"

#include "framework/core/error.h"
#include "framework/core/foreign.h"
#include "framework/core/json_file.h"
#include "framework/exchange/adapted_model.h"
#include "framework/exchange/import_base.h"
#include "framework/exchange/peft_config.h"
#include "framework/exchange/peft_folder.h"
#include "framework/train/precision.h"

#include <fmt/ranges.h>
#include <torch/types.h>

#include <algorithm>
#include <set>

namespace rankwise {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Linears of the backbone that the folder has tensors for, with the module's name as it stands
// there. Throws Error for a module that is none of them.
std::vector<PeftSite> sites_in(const PeftFolder& folder, const BaseModel& base) {
  std::vector<PeftSite> sites;
  std::set<std::string> found;
  for (const std::string& site : base.linears) {
    for (const std::string& prefix : base.kind->hub.prefixes) {
      const std::string start = prefix + site + ".";
      const auto first = folder.tensors.lower_bound(start);
      if (first == folder.tensors.end() || !first->first.starts_with(start)) continue;
      sites.push_back({site, prefix + site});
      for (auto it = first; it != folder.tensors.end() && it->first.starts_with(start); ++it) {
        found.insert(it->first);
      }
    }
  }
  for (const auto& [name, tensor] : folder.tensors) {
    check(found.contains(name),
          "tensor {} belongs to no linear of backbone '{}' that can be adapted", name, base.name);
  }
  check(!sites.empty(), "{} holds no tensors", kAdapterTensors);
  return sites;
}

void check_targets_are_there(const json& config, const BaseModel& base,
                             const std::vector<PeftSite>& sites) {
  const json targets = config.value("target_modules", json());
  const bool some_only = !config.value("layers_to_transform", json()).is_null() ||
                         !config.value("exclude_modules", json()).is_null();
  if (some_only || targets == "all-linear") return;
  for (const std::string& site : base.linears) {
    const bool there = std::any_of(sites.begin(), sites.end(),
                                   [&](const PeftSite& one) { return one.site == site; });
    const std::string module = base.kind->hub.prefixes.front() + site;
    check(there || !names_module(targets, module),
          "target_modules names {}, and {} has no tensors for it", module, kAdapterTensors);
  }
}

// Their tensors of one site, each there and none left over.
SiteTensors tensors_at(const PeftFolder& folder, const PeftSite& site, const PeftForm& form) {
  const std::string start = site.module + ".";
  SiteTensors theirs;
  std::set<std::string> expected;
  for (const auto& [ours, name] : form.names) {
    if (name.empty()) continue;
    expected.insert(name);
    const auto found = folder.tensors.find(start + name);
    check(found != folder.tensors.end(), "{} has no tensor {}{}", kAdapterTensors, start, name);
    theirs[name] = found->second;
  }
  for (auto it = folder.tensors.lower_bound(start);
       it != folder.tensors.end() && it->first.starts_with(start); ++it) {
    check(expected.contains(it->first.substr(start.size())),
          "tensor {} is none that {} has: expected {}", it->first, form.type,
          fmt::join(expected, ", "));
  }
  return theirs;
}

// All sites' tensors under our names, in the precision that such a run trains.
TensorsByName our_tensors(const PeftFolder& folder, const std::vector<PeftSite>& sites,
                          const PeftForm& form, torch::ScalarType type) {
  TensorsByName tensors = folder.own;
  for (const PeftSite& site : sites) {
    SiteTensors theirs = tensors_at(folder, site, form);
    if (form.coming_in) theirs = form.coming_in(theirs, site, folder.config);
    for (const auto& [ours, name] : form.names) {
      const auto found = theirs.find(name.empty() ? ours : name);
      if (found == theirs.end()) continue;
      tensors.emplace(site.site + "." + ours, found->second.to(type));
    }
  }
  return tensors;
}

void check_shapes(const TensorsByName& tensors, const TrainedParameters& trained,
                  const Paths& paths) {
  const auto model = adapted_model(trained, paths, BackboneWeights::kShapesOnly);
  for (const auto& [name, expected] : model->state()) {
    if (is_of_training(name)) continue;
    const auto found = tensors.find(name);
    check(found != tensors.end(), "has no tensor for our {}", name);
    check(found->second.sizes() == expected.sizes(), "tensor {} has shape {}, expected {}", name,
          shape_text(found->second), shape_text(expected));
  }
}

// The config of a run that would have trained it: the folder's own, or the defaults.
RunConfig run_config(const PeftFolder& folder, const BaseModel& base,
                     const std::vector<PeftSite>& sites, const std::string& label) {
  const PeftMeaning meaning = meaning_of(folder.config, sites);
  if (folder.own_facts.contains("config")) {
    const json own = parse_json(folder.own_facts.at("config"), kOwnTensors);
    RunConfig config = resolve_run(own, kOwnTensors);
    const auto& form = variants().find(config.variant).facts.peft;
    const bool same = form && form->type == folder.config.at("peft_type").get<std::string>();
    const json said = same ? form->write(config.options, sites) : json();
    for (const auto& [name, value] : said.items()) {
      const json theirs = folder.config.value(name, json());
      check(theirs == value || (theirs.empty() && value.empty()),
            "{} is {} in {}, and {} in {}; remove the latter to read the adapter by itself", name,
            theirs.dump(), kAdapterConfig, value.dump(), kOwnTensors);
    }
    check(same, "{} is of another type than {}; remove it to read the adapter by itself",
          kOwnTensors, kAdapterConfig);
    if (!base.given.empty()) {
      config.backbone = base.name;
      config.backbone_options = base.options;
    }
    return config;
  }
  json run{{"variant", meaning.variant}, {"label", label}, {"options", meaning.options}};
  run["backbone"] = base.options;
  run["backbone"]["name"] = base.name;
  for (const PeftSite& site : sites) run["sites"].push_back(site.site);
  return resolve_run(run, kAdapterConfig);
}

std::map<std::string, std::string> facts_of(const PeftFolder& folder, const RunConfig& config) {
  std::map<std::string, std::string> facts = folder.own_facts;
  facts["config"] = config.to_json().dump();
  facts["variant"] = config.variant;
  facts["options"] = config.options.dump();
  facts.try_emplace("tasks", "[]");
  facts.try_emplace("parameters", "last");
  facts.try_emplace("step", "0");
  return facts;
}

fs::path import_into(const ImportRequest& request, const fs::path& target) {
  const PeftFolder folder = read_peft_folder(request.folder);
  check_config(folder.config);
  const BaseModel base = base_model(folder, request);
  const std::vector<PeftSite> sites = sites_in(folder, base);
  check_targets_are_there(folder.config, base, sites);
  const RunConfig config =
      run_config(folder, base, sites, fs::absolute(request.folder).lexically_normal().filename());
  const PeftForm& form = *variants().find(config.variant).facts.peft;
  const TensorsByName tensors =
      our_tensors(folder, sites, form, trained_type(config.train.precision));
  const std::map<std::string, std::string> facts = facts_of(folder, config);
  check_shapes(tensors, {.file = {}, .config = config, .tasks = {}}, request.paths);
  write_tensors(tensors, target, facts);
  return target;
}

fs::path without_slash(const fs::path& folder) {
  return folder.has_filename() ? folder : folder.parent_path();
}

}  // namespace

fs::path import_peft(const ImportRequest& request) {
  fs::path target = request.out;
  if (target.empty()) {
    target = without_slash(request.folder);
    target += ".safetensors";
  }
  check(target.extension() == ".safetensors", "--out {}: a file of parameters ends in .safetensors",
        target.string());
  check(!fs::exists(target), "--out {}: is there already; take another name", target.string());
  try {
    return import_into(request, target);
  } catch (const Error& error) {
    fail("{}: {}", request.folder.string(), error.what());
  } catch (const json::exception& error) {
    fail("{}: {}: {}", request.folder.string(), kAdapterConfig, plain_message(error));
  }
}

}  // namespace rankwise
