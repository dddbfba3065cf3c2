#include "framework/merge/merge_runs.h"

#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/core/provenance.h"
#include "framework/io/run_archive.h"
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
      const bool archive = entry.path().filename() == kArchiveName;
      if (entry.path().extension() == ".h5" && !archive) files.push_back(entry.path());
    }
  }
  return files;
}

json resolved_options(const MergeRequest& request) {
  return merge_rules().find(request.rule).resolve(request.options, "merge." + request.rule);
}

std::vector<MergeSource> load_sources(const MergeGroup& group, const Places& places,
                                      const std::string& device) {
  std::vector<MergeSource> sources;
  std::set<std::string> tasks;
  for (const auto& file : group.files) {
    sources.push_back(load_source(file, places, device));
    for (const TaskData& data : sources.back().dataset().tasks) {
      check(tasks.insert(data.task.name).second,
            "{}: group '{}' has two runs of task '{}' at seed {}", file.string(), group.name,
            data.task.name, group.seed);
    }
    check(sources.back().sites().size() == sources.front().sites().size(),
          "{}: adapts {} linears, and {} adapts {}", file.string(), sources.back().sites().size(),
          group.files.front().string(), sources.front().sites().size());
  }
  return sources;
}

// A model on the test split of one task: first score, and the pooled vector [n, width] of each
// sequence.
struct Outcome {
  PredictionRecord predictions;
  double score = 0;
  Tensor pooled;
};

Tensor pooled_of(MergeSource& source, std::int32_t task) {
  const std::int64_t rows = source.config.train.evaluation_rows;
  std::vector<Tensor> pooled;
  for (const auto& examples : evaluation_batches(source.dataset().tasks[task].test, task, rows)) {
    const Batch batch = pack(source.dataset(), SplitName::kTest, examples, source.made.tensors);
    pooled.push_back(source.model().forward({.batch = batch, .count_usage = false}));
  }
  return torch::cat(pooled);
}

// By the source's tasks.
std::vector<Outcome> outcomes_of(MergeSource& source) {
  const torch::NoGradGuard no_grad;
  const Dataset& dataset = source.dataset();
  const Evaluation evaluation =
      Evaluator(dataset, source.config.train.evaluation_rows, source.made.tensors)
          .evaluate(source.model(), SplitName::kTest, false);
  std::vector<Outcome> outcomes;
  for (std::int32_t t = 0; t < dataset.task_count(); ++t) {
    const PredictionRecord& found = evaluation.tasks[t];
    outcomes.push_back(
        {found, found.scores.at(dataset.tasks[t].task.metrics.front()), pooled_of(source, t)});
  }
  return outcomes;
}

// The parameters must give what the run recorded with them.
void check_recorded(const MergeSource& source, const std::vector<Outcome>& outcomes) {
  const RunFile file(source.file);
  for (std::size_t t = 0; t < outcomes.size(); ++t) {
    const Task& task = source.dataset().tasks[t].task;
    const auto scores = file.final_scores({task.name, "test", "last"});
    const double recorded = scores.at(task.metrics.front()), score = outcomes[t].score;
    check(std::abs(score - recorded) <= 1e-3 * std::max(1.0, std::abs(recorded)),
          "{}: its parameters score {} on test of {}, and the run recorded {}; run it again",
          source.file.string(), score, task.name, recorded);
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

// [M, M] the smallest and the mean principal angle between the rows of each two matrices.
std::pair<Tensor, Tensor> angles_between(const std::vector<Tensor>& matrices) {
  const auto count = static_cast<std::int64_t>(matrices.size());
  Tensor smallest = torch::zeros({count, count}, torch::kFloat64);
  Tensor mean = torch::zeros({count, count}, torch::kFloat64);
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < i; ++j) {
      const Tensor angles = principal_angles(matrices[i], matrices[j]);
      smallest[i][j] = smallest[j][i] = angles[0];
      mean[i][j] = mean[j][i] = angles.mean();
    }
  }
  return {smallest, mean};
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
    const auto [smallest, mean] = angles_between(rows);
    append(record.smallest_angle, smallest);
    append(record.mean_angle, mean);
    record.interference.push_back(interference(matrices));
  }
}

RunLayout layout_of(const std::vector<MergeSource>& sources) {
  RunLayout layout;
  for (const MergeSource& source : sources) {
    const auto tasks = RunFile(source.file).layout().tasks;
    layout.tasks.insert(layout.tasks.end(), tasks.begin(), tasks.end());
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
  for (const MergeSource& source : sources) {
    for (const TaskData& data : source.dataset().tasks) {
      config.data.tasks.push_back(data.task.name);
    }
  }
  config.label = group.name + ", " + request.rule;
  config.group = group.name;
  return config;
}

double sum_of(const std::vector<MergeSource>& sources, const char* attribute) {
  double sum = 0;
  for (const MergeSource& source : sources) sum += source.attributes.at(attribute).get<double>();
  return sum;
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

// A group's models with what they score alone, and how alike their updates are.
struct Merger::Sources {
  Sources(const MergeGroup& group, const Places& places, const std::string& device)
      : models(load_sources(group, places, device)) {
    record.models = static_cast<std::int64_t>(models.size());
    for (MergeSource& source : models) {
      before.push_back(outcomes_of(source));
      check_recorded(source, before.back());
      for (const Outcome& outcome : before.back()) record.before.push_back(outcome.score);
    }
    compare_updates(models, record);
  }

  // Fills `final_record` with the merged model's predictions.
  MergeRecord merged(const MergedUpdates& updates, FinalRecord& final_record) {
    MergeRecord result = record;
    for (std::size_t i = 0; i < models.size(); ++i) {
      attach(models[i], updates);
      const std::vector<Outcome> after = outcomes_of(models[i]);
      for (std::size_t t = 0; t < after.size(); ++t) {
        result.after.push_back(after[t].score);
        result.cka.push_back(linear_cka(before[i][t].pooled, after[t].pooled));
        for (const char* parameters : {"last", "best"}) {  // a merged model has but one set
          final_record.predictions.push_back(after[t].predictions);
          final_record.predictions.back().parameters = parameters;
        }
      }
    }
    return result;
  }

  // Those of the first source where nothing is said here: backbone, suite, host and so on.
  json attributes(const MergeGroup& group, const MergeRequest& request,
                  const Places& places) const {
    const RunConfig config = merged_config(models, group, request);
    json attributes = models.front().attributes;
    for (const char* own : {"format", "schema", "status"}) attributes.erase(own);
    attributes["label"] = config.label;
    attributes["config"] = config.to_json();
    attributes["config"]["merge"] = {{"rule", request.rule},
                                     {"options", resolved_options(request)}};
    attributes["protocol_hash"] = identify(config, places).protocol_hash;
    attributes["best_rule"] = "the merged model has one set of parameters";
    attributes["scale_note"] = fmt::format("merged from {} runs; of each: {}", models.size(),
                                           attributes.value("scale_note", std::string()));
    attributes["commit"] = source_commit();
    attributes["dirty"] = source_dirty();
    attributes["created"] = utc_now();
    attributes["training_seconds"] = sum_of(models, "training_seconds");
    attributes["training_tokens"] = static_cast<std::int64_t>(sum_of(models, "training_tokens"));
    return attributes;
  }

  std::vector<MergeSource> models;
  std::vector<std::vector<Outcome>> before;  // by model and its tasks
  MergeRecord record;                        // without what depends on the rule
};

Merger::Merger(MergeGroup group, Places places, std::string device)
    : group_(std::move(group)), places_(std::move(places)), device_(std::move(device)) {}
Merger::Merger(Merger&&) noexcept = default;
Merger::~Merger() = default;

// What the merged file is made from: its config hash.
std::string Merger::identity(const MergeRequest& request) const {
  json sources = json::array();
  for (const auto& file : group_.files) {
    sources.push_back(RunFile(file).attributes().at("config_hash"));
  }
  return sha256(
      canonical({{"merge", {{"rule", request.rule}, {"options", resolved_options(request)}}},
                 {"sources", sources}}));
}

std::filesystem::path Merger::file(const MergeRequest& request) const {
  return group_.files.front().parent_path() / "merged" /
         fmt::format("{}-{}-s{}-{}.h5", slug(group_.name), slug(request.rule), group_.seed,
                     identity(request).substr(0, 10));
}

bool Merger::merge(const MergeRequest& request) {
  const auto path = file(request);
  if (std::filesystem::exists(path)) return false;
  if (!sources_) sources_ = std::make_unique<Sources>(group_, places_, device_);
  const Seed seed = Seed(static_cast<std::uint64_t>(group_.seed)).stream("merge");
  const MergedUpdates updates =
      merge_rules().find(request.rule).merge(sources_->models, resolved_options(request), seed);
  FinalRecord final_record;
  const MergeRecord record = sources_->merged(updates, final_record);
  final_record.parameters.total = sources_->models.front().model().count().total;
  final_record.parameters.frozen = final_record.parameters.total;
  json attributes = sources_->attributes(group_, request, places_);
  attributes["config_hash"] = identity(request);
  RunWriter writer(path, layout_of(sources_->models), attributes);
  writer.finish(final_record, json::object(), &record);
  return true;
}

}  // namespace rankwise
