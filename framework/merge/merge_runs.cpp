#include "framework/merge/merge_runs.h"

#include "framework/core/provenance.h"
#include "framework/core/slug.h"
#include "framework/merge/outcome.h"
#include "framework/merge/similarity.h"
#include "framework/record/run_reader.h"
#include "framework/record/run_writer.h"
#include "framework/run/identify.h"
#include "framework/study/identity.h"

#include <map>
#include <set>

namespace rankwise {

namespace {

using nlohmann::json;

json resolved_options(const MergeRequest& request) {
  return merge_methods().find(request.rule).resolve(request.options, "merge." + request.rule);
}

std::vector<MergeSource> load_sources(const MergeGroup& group, const Paths& paths,
                                      const std::string& device) {
  std::vector<MergeSource> sources;
  std::set<std::string> tasks;
  for (const auto& file : group.files) {
    sources.push_back(load_source(file, paths, device));
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

void attach(MergeSource& source, const MergedUpdates& updates) {
  const auto sites = source.sites();
  std::map<std::string, std::shared_ptr<Update>> by_name;
  for (std::size_t i = 0; i < sites.size(); ++i) by_name[sites[i].site.name] = updates[i];
  for (auto [name, linear] : source.model().backbone().linears()) {
    const auto found = by_name.find(name);
    if (found != by_name.end()) linear->attach(found->second);
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

json merge_identity(const MergeRequest& request, const json& sources) {
  const json options = resolved_options(request);
  return {{"schema", kIdentitySchema},
          {"merge",
           {{"rule", request.rule},
            {"options", differing({.values = options,
                                   .options = merge_methods().find(request.rule).options})}}},
          {"sources", sources}};
}

// A group's models with what they score alone, and how alike their updates are.
struct Merger::Sources {
  Sources(const MergeGroup& group, const Paths& paths, const std::string& device)
      : models(load_sources(group, paths, device)) {
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
  json attributes(const MergeGroup& group, const MergeRequest& request, const Paths& paths) const {
    const RunConfig config = merged_config(models, group, request);
    json attributes = models.front().attributes;
    for (const char* own : {"format", "schema", "status", "ended_early"}) attributes.erase(own);
    attributes["label"] = config.label;
    attributes["config"] = config.to_json();
    attributes["config"]["merge"] = {{"rule", request.rule},
                                     {"options", resolved_options(request)}};
    const RunIdentity identity = identify(config, contents_of(config, paths));
    attributes["tasks_sha256"] = identity.tasks_sha256;
    attributes["protocol_hash"] = identity.protocol_hash;
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

  // What the sources started from may be gone since.
  Contents contents_of(RunConfig config, const Paths& paths) const {
    config.init_from.clear();
    Contents contents = ContentReader(paths).of(config);
    contents.init = models.front().attributes.value("init_sha256", "");
    return contents;
  }

  std::vector<MergeSource> models;
  std::vector<std::vector<Outcome>> before;  // by model and its tasks
  MergeRecord record;                        // without what depends on the rule
};

Merger::Merger(MergeGroup group, Paths paths, std::string device)
    : group_(std::move(group)), paths_(std::move(paths)), device_(std::move(device)) {}
Merger::Merger(Merger&&) noexcept = default;
Merger::~Merger() = default;

// What the merged file is made from: the models, and the rule that makes one of them.
json Merger::identity(const MergeRequest& request) const {
  json sources = json::array();
  for (const auto& file : group_.files) {
    sources.push_back(RunFile(file).attributes().at("config_hash"));
  }
  return merge_identity(request, sources);
}

std::filesystem::path Merger::file(const MergeRequest& request) const {
  return group_.files.front().parent_path() / "merged" /
         fmt::format("{}-{}-s{}-{}.h5", slug(group_.name), slug(request.rule), group_.seed,
                     identity_hash(identity(request)).substr(0, 10));
}

bool Merger::merge(const MergeRequest& request) {
  const auto path = file(request);
  if (std::filesystem::exists(path)) return false;
  if (!sources_) sources_ = std::make_unique<Sources>(group_, paths_, device_);
  const Seed seed = Seed(static_cast<std::uint64_t>(group_.seed)).stream("merge");
  const MergedUpdates updates =
      merge_methods().find(request.rule).merge(sources_->models, resolved_options(request), seed);
  FinalRecord final_record;
  const MergeRecord record = sources_->merged(updates, final_record);
  final_record.parameters.total = sources_->models.front().model().count().total;
  final_record.parameters.frozen = final_record.parameters.total;
  json attributes = sources_->attributes(group_, request, paths_);
  attributes["identity"] = identity(request);
  attributes["config_hash"] = identity_hash(attributes["identity"]);
  RunWriter writer(path, layout_of(sources_->models), attributes);
  writer.finish(final_record, json::object(), &record);
  return true;
}

}  // namespace rankwise
