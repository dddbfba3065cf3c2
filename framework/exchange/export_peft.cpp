#include "framework/exchange/export_peft.h"

#include "framework/core/error.h"
#include "framework/core/slug.h"
#include "framework/exchange/adapted_model.h"
#include "framework/exchange/model_card.h"
#include "framework/exchange/peft_config.h"
#include "framework/exchange/task_pairs.h"
#include "framework/model/weights_place.h"

#include <torch/types.h>

#include <algorithm>
#include <map>
#include <set>

namespace rankwise {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Exported {
  fs::path folder;
  PeftFolder content;
  RunConfig config;                // of what was exported, as import gives it back
  std::vector<std::string> tasks;  // that it is of
};

// The variant's own form: the file's numbers under other names.
Exported in_own_form(const TrainedParameters& trained, const ExportRequest& request,
                     const PeftForm& form) {
  check(request.task.empty(), "--task {}: all tasks share this adapter; leave --task out",
        request.task);
  const BackboneKind& kind = exchanged_kind(trained.config);
  TrainedParameters shapes{.file = {}, .config = trained.config, .tasks = trained.tasks};
  const auto model = adapted_model(shapes, request.paths, BackboneWeights::kShapesOnly);
  const std::vector<PeftSite> sites = peft_sites(*model, kind);
  Exported made{request.out, {}, trained.config, trained.tasks};
  json& config = made.content.config;
  config = common_config(kind, base_name(request, trained.config), sites);
  config["peft_type"] = form.type;
  config.update(form.write(trained.config.options, sites));
  const TensorsByName stored = read_tensors(trained.file);
  for (const PeftSite& site : sites) {
    SiteTensors theirs;
    for (const auto& [ours, name] : form.names) {
      const auto found = stored.find(site.site + "." + ours);
      check(found != stored.end(), "{}: has no tensor {}.{}", trained.file.string(), site.site,
            ours);
      if (name.empty()) {
        made.content.own[found->first] = found->second;
      } else {
        theirs[name] = found->second;
      }
    }
    if (form.going_out) theirs = form.going_out(theirs, site, config);
    for (const auto& [name, tensor] : theirs) {
      made.content.tensors[site.module + "." + name] = tensor;
    }
  }
  return made;
}

// One LoRA of the ranks that are on for the task; most sites' rank and alpha stand for all.
Exported as_pairs(const TrainedParameters& trained, const ExportRequest& request, Model& model,
                  std::int64_t task) {
  const BackboneKind& kind = exchanged_kind(trained.config);
  const auto tasks = static_cast<std::int64_t>(trained.tasks.size());
  const std::vector<TaskPair> pairs = task_pairs(model, task, tasks);
  check(!pairs.empty(), "task '{}' has no rank that is on: there is nothing to export",
        trained.tasks[task]);
  const std::string& prefix = kind.hub.prefixes.front();
  std::vector<PeftSite> sites;
  std::map<std::string, PeftRank> ranks;
  for (const TaskPair& pair : pairs) {
    sites.push_back({pair.site, prefix + pair.site});
    ranks[pair.site] = {.rank = pair.a.size(0), .alpha = pair.alpha, .dropout = 0};
  }
  Exported made{request.out, {}, trained.config, {trained.tasks[task]}};
  json& config = made.content.config;
  config = common_config(kind, base_name(request, trained.config), sites);
  config.update(to_peft(ranks.at(pairs.front().site), sites,
                        [&](const std::string& site) { return ranks.at(site); }));
  config.update({{"peft_type", "LORA"}, {"use_rslora", false}, {"use_dora", false}});
  for (const TaskPair& pair : pairs) {
    made.content.tensors[prefix + pair.site + ".lora_A.weight"] = pair.a;
    made.content.tensors[prefix + pair.site + ".lora_B.weight"] = pair.b;
  }
  const PeftMeaning meaning = meaning_of(config, sites);
  made.config.variant = meaning.variant;
  made.config.options = meaning.options;
  made.config.sites.clear();
  for (const PeftSite& site : sites) made.config.sites.push_back(site.site);
  made.config.data.tasks = made.tasks;
  made.config.label += ", " + trained.tasks[task];
  return made;
}

std::vector<Exported> by_task(const TrainedParameters& trained, const ExportRequest& request) {
  check(!variants().find(trained.config.variant).make(trained.config.options)->trains_backbone(),
        "variant '{}' trains the whole backbone; export it with --format merged",
        trained.config.variant);
  const auto model = adapted_model(trained, request.paths, BackboneWeights::kShapesOnly);
  const auto tasks = static_cast<std::int64_t>(trained.tasks.size());
  check(!model->adapter().attached().empty(), "variant '{}' has no updates: nothing to export",
        trained.config.variant);
  if (request.task.empty() && tasks_are_alike(*model, tasks)) {
    Exported made = as_pairs(trained, request, *model, 0);
    made.tasks = made.config.data.tasks = trained.tasks;
    made.config.label = trained.config.label;
    return {made};
  }
  std::vector<Exported> all;
  for (std::int64_t task = 0; task < tasks; ++task) {
    if (!request.task.empty() && trained.tasks[task] != request.task) continue;
    all.push_back(as_pairs(trained, request, *model, task));
    if (request.task.empty()) all.back().folder = request.out / slug(trained.tasks[task]);
  }
  check(!all.empty(), "--task {}: the tasks are {}", request.task, fmt::join(trained.tasks, ", "));
  return all;
}

}  // namespace

std::string base_name(const ExportRequest& request, const RunConfig& config) {
  if (!request.base.empty()) return request.base;
  auto weights = config.backbone_options.at("weights").get<std::string>();
  if (weights.find("/snapshots/") == std::string::npos) return weights;
  std::string name = weights_name(weights);  // "org--model" of the hub
  const auto dashes = name.find("--");
  if (dashes != std::string::npos) name.replace(dashes, 2, "/");
  return name;
}

void check_empty(const fs::path& folder) {
  check(!fs::exists(folder) || (fs::is_directory(folder) && fs::is_empty(folder)),
        "--out {}: there is something already; take another folder", folder.string());
}

void add_own(const TrainedParameters& trained, const RunConfig& config,
             const std::vector<std::string>& tasks, PeftFolder& folder) {
  const std::set<std::string> heads = head_parameter_names(tasks);
  for (const auto& [name, tensor] : read_tensors(trained.file)) {
    if (heads.contains(name)) folder.own[name] = tensor;
  }
  folder.own_facts = trained.facts;
  folder.own_facts.erase("scale");
  folder.own_facts["config"] = config.to_json().dump();
  folder.own_facts["variant"] = config.variant;
  folder.own_facts["options"] = config.options.dump();
  folder.own_facts["tasks"] = json(tasks).dump();
}

std::vector<fs::path> export_peft(const ExportRequest& request) {
  check_empty(request.out);
  const TrainedParameters trained = read_trained(request.parameters);
  const auto& form = variants().find(trained.config.variant).facts.peft;
  std::vector<Exported> all =
      form ? std::vector{in_own_form(trained, request, *form)} : by_task(trained, request);
  std::vector<fs::path> folders;
  for (Exported& made : all) {
    add_own(trained, made.config, made.tasks, made.content);
    write_peft_folder(made.content, made.folder);
    write_card({trained, made.tasks, base_name(request, trained.config), CardKind::kAdapter},
               made.folder);
    folders.push_back(made.folder);
  }
  return folders;
}

}  // namespace rankwise
