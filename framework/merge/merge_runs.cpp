#include "framework/merge/merge_runs.h"

#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/core/provenance.h"
#include "framework/io/run_reader.h"
#include "framework/io/run_writer.h"
#include "framework/merge/similarity.h"
#include "framework/train/evaluator.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace rankwise {

namespace {

using nlohmann::json;
using torch::Tensor;

std::vector<std::filesystem::path> run_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    check(std::filesystem::exists(path), "{}: does not exist", path.string());
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.path().extension() == ".h5") files.push_back(entry.path());
    }
  }
  return files;
}

json resolved_options(const MergeRequest& request) {
  return merge_rules().find(request.rule).resolve(request.options, "merge." + request.rule);
}

// What the merged file is made from: its config hash.
std::string identity_of(const MergeGroup& group, const MergeRequest& request) {
  json sources = json::array();
  for (const auto& file : group.files) {
    sources.push_back(RunFile(file).attributes().at("config_hash"));
  }
  return sha256(
      canonical({{"merge", {{"rule", request.rule}, {"options", resolved_options(request)}}},
                 {"sources", sources}}));
}

std::vector<MergeSource> load_sources(const MergeGroup& group, const MergeRequest& request) {
  std::vector<MergeSource> sources;
  std::set<std::string> tasks;
  for (const auto& file : group.files) {
    sources.push_back(load_source(file, request.places, request.device));
    const std::string& task = sources.back().task().name;
    check(tasks.insert(task).second, "{}: group '{}' has two runs of task '{}' at seed {}",
          file.string(), group.name, task, group.seed);
    check(sources.back().sites().size() == sources.front().sites().size(),
          "{}: adapts {} linears, and {} adapts {}", file.string(), sources.back().sites().size(),
          group.files.front().string(), sources.front().sites().size());
  }
  return sources;
}

// A source's model on its test split: scores, and the pooled vector [n, width] of each sequence.
struct Outcome {
  PredictionRecord predictions;
  Tensor pooled;
};

Outcome outcome_of(MergeSource& source) {
  const torch::NoGradGuard no_grad;
  const Dataset& dataset = source.made.suite.dataset;
  const std::int64_t rows = source.config.train.evaluation_rows;
  Outcome outcome;
  outcome.predictions = Evaluator(dataset, rows, source.made.tensors)
                            .evaluate(source.model(), SplitName::kTest, false)
                            .tasks.front();
  std::vector<Tensor> pooled;
  for (const auto& examples : evaluation_batches(dataset.tasks.front().test, 0, rows)) {
    const Batch batch = pack(dataset, SplitName::kTest, examples, source.made.tensors);
    pooled.push_back(source.model().forward({.batch = batch, .count_usage = false}));
  }
  outcome.pooled = torch::cat(pooled);
  return outcome;
}

double first_score(const MergeSource& source, const PredictionRecord& record) {
  return record.scores.at(source.task().metrics.front());
}

// The parameters must give what the run recorded with them.
void check_recorded(const MergeSource& source, const PredictionRecord& found) {
  for (const PredictionRecord& record : RunFile(source.file).predictions()) {
    if (record.split != "test" || record.parameters != "last") continue;
    const double recorded = first_score(source, record);
    const double score = first_score(source, found);
    check(std::abs(score - recorded) <= 1e-3 * std::max(1.0, std::abs(recorded)),
          "{}: its parameters score {} on test, and the run recorded {}; run it again",
          source.file.string(), score, recorded);
  }
}

void attach(MergeSource& source, const MergedUpdates& updates) {
  const auto sites = source.sites();
  std::map<std::string, std::shared_ptr<Update>> by_name;
  for (std::size_t i = 0; i < sites.size(); ++i) by_name[sites[i].site.name] = updates[i];
  for (auto [name, linear] : source.model().backbone().linears()) {
    const auto found = by_name.find(name);
    if (found != by_name.end()) linear->attach(found->second);
  }
}

std::vector<double> flat(const Tensor& tensor) {
  const Tensor values = tensor.to(torch::kCPU, torch::kFloat64).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

void append(std::vector<double>& to, const Tensor& values) {
  const std::vector<double> added = flat(values);
  to.insert(to.end(), added.begin(), added.end());
}

// Nothing where an update is no matrix.
void compare_updates(const std::vector<MergeSource>& sources, MergeRecord& record) {
  std::vector<Matrices> models;
  try {
    for (const MergeSource& source : sources) models.push_back(update_matrices(source));
  } catch (const Error&) {
    return;
  }
  for (std::size_t site = 0; site < models.front().size(); ++site) {
    std::vector<Tensor> matrices, rows;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      matrices.push_back(models[i][site]);
      rows.push_back(sources[i].sites()[site].update->factors()->a.detach());
    }
    append(record.cosine, cosines(matrices));
    append(record.overlap, row_overlaps(rows));
    record.interference.push_back(interference(matrices));
  }
}

// Merging and its scores, before and after.
struct Merging {
  MergeRecord record;
  FinalRecord final_record;
};

Merging merge_sources(std::vector<MergeSource>& sources, const MergeRequest& request,
                      std::int64_t seed) {
  Merging merging;
  std::vector<Outcome> before;
  for (MergeSource& source : sources) {
    before.push_back(outcome_of(source));
    check_recorded(source, before.back().predictions);
    merging.record.before.push_back(first_score(source, before.back().predictions));
  }
  compare_updates(sources, merging.record);
  const MergedUpdates updates = merge_rules()
                                    .find(request.rule)
                                    .merge(sources, resolved_options(request),
                                           Seed(static_cast<std::uint64_t>(seed)).stream("merge"));
  for (std::size_t i = 0; i < sources.size(); ++i) {
    attach(sources[i], updates);
    Outcome after = outcome_of(sources[i]);
    merging.record.after.push_back(first_score(sources[i], after.predictions));
    merging.record.cka.push_back(linear_cka(before[i].pooled, after.pooled));
    for (const char* parameters : {"last", "best"}) {  // a merged model has but one set
      merging.final_record.predictions.push_back(after.predictions);
      merging.final_record.predictions.back().parameters = parameters;
    }
  }
  return merging;
}

RunLayout layout_of(const std::vector<MergeSource>& sources) {
  RunLayout layout;
  for (const MergeSource& source : sources) {
    layout.tasks.push_back(RunFile(source.file).layout().tasks.front());
  }
  for (const auto& [site, update] : sources.front().sites()) {
    layout.sites.push_back({.name = site.name, .in = site.in, .out = site.out});
  }
  return layout;
}

RunConfig merged_config(const std::vector<MergeSource>& sources, const MergeGroup& group,
                        const MergeRequest& request) {
  RunConfig config = sources.front().config;
  config.data.tasks.clear();
  for (const MergeSource& source : sources) config.data.tasks.push_back(source.task().name);
  config.label = group.name + ", " + request.rule;
  config.group = group.name;
  return config;
}

double sum_of(const std::vector<MergeSource>& sources, const char* attribute) {
  double sum = 0;
  for (const MergeSource& source : sources) sum += source.attributes.at(attribute).get<double>();
  return sum;
}

// Those of the first source where nothing is said here: backbone, suite, host and so on.
json attributes_of(const std::vector<MergeSource>& sources, const MergeGroup& group,
                   const MergeRequest& request) {
  const RunConfig config = merged_config(sources, group, request);
  json attributes = sources.front().attributes;
  for (const char* own : {"format", "schema", "status"}) attributes.erase(own);
  attributes["label"] = config.label;
  attributes["config"] = config.to_json();
  attributes["config"]["merge"] = {{"rule", request.rule}, {"options", resolved_options(request)}};
  attributes["config_hash"] = identity_of(group, request);
  attributes["protocol_hash"] = identify(config, request.places).protocol_hash;
  attributes["best_rule"] = "the merged model has one set of parameters";
  attributes["scale_note"] =
      fmt::format("merged from {} runs of one task each; of each: {}", sources.size(),
                  attributes.value("scale_note", std::string()));
  attributes["commit"] = source_commit();
  attributes["dirty"] = source_dirty();
  attributes["created"] = utc_now();
  attributes["training_seconds"] = sum_of(sources, "training_seconds");
  attributes["training_tokens"] = static_cast<std::int64_t>(sum_of(sources, "training_tokens"));
  return attributes;
}

}  // namespace

std::vector<MergeGroup> merge_groups(const std::vector<std::filesystem::path>& paths) {
  // By study, order of the group's first run, group and seed.
  std::map<std::pair<std::string, std::string>, std::int64_t> first_order;
  std::map<std::tuple<std::string, std::string, std::int64_t>,
           std::map<std::int64_t, std::filesystem::path>>
      runs;
  for (const auto& path : run_files(paths)) {
    const RunFile file(path);
    if (file.status() != "finished") continue;
    const json& attributes = file.attributes();
    const std::string study = attributes.at("study");
    const std::string group =
        attributes.at("config").value("group", attributes.at("label").get<std::string>());
    const std::int64_t order = attributes.at("order");
    runs[{study, group, attributes.at("seed")}][order] = path;
    const auto [known, fresh] = first_order.emplace(std::pair(study, group), order);
    known->second = std::min(known->second, order);
  }
  std::vector<MergeGroup> groups;
  for (const auto& [key, files] : runs) {
    if (files.size() < 2) continue;
    groups.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), {}});
    for (const auto& [order, file] : files) groups.back().files.push_back(file);
  }
  check(!groups.empty(),
        "no group of two or more finished runs to merge: rows of a study with a sweep over "
        "data.tasks make one");
  std::stable_sort(groups.begin(), groups.end(), [&](const MergeGroup& a, const MergeGroup& b) {
    return first_order.at({a.study, a.name}) < first_order.at({b.study, b.name});
  });
  return groups;
}

std::filesystem::path merged_file(const MergeGroup& group, const MergeRequest& request) {
  return group.files.front().parent_path() / "merged" /
         fmt::format("{}-{}-s{}-{}.h5", slug(group.name), slug(request.rule), group.seed,
                     identity_of(group, request).substr(0, 10));
}

bool merge(const MergeGroup& group, const MergeRequest& request) {
  const auto file = merged_file(group, request);
  if (std::filesystem::exists(file)) return false;
  std::vector<MergeSource> sources = load_sources(group, request);
  Merging merging = merge_sources(sources, request, group.seed);
  merging.final_record.parameters.total = sources.front().model().count().total;
  merging.final_record.parameters.frozen = merging.final_record.parameters.total;
  const json attributes = attributes_of(sources, group, request);
  RunWriter writer(file, layout_of(sources), attributes);
  writer.finish(merging.final_record, json::object(), &merging.record);
  return true;
}

}  // namespace rankwise
