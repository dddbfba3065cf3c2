// One-off: rewrites the ids of the committed summaries.
#include "framework/adapter/variant.h"
#include "framework/merge/merge_runs.h"
#include "framework/model/backbone.h"
#include "framework/record/summary_reader.h"
#include "framework/record/summary_rewrite.h"
#include "framework/study/identity.h"
#include "framework/study/study_file.h"
#include "framework/train/identify.h"
#include "framework/train/study.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// By today's names, with what came later at its default (not at the reading's).
json todays_options(const json& stored, const std::vector<OptionInfo>& options) {
  json result = json::object();
  for (const OptionInfo& option : options) {
    json value = json::parse(option.default_value);
    for (const std::string& alias : option.aliases) {
      if (stored.contains(alias)) value = stored[alias];
    }
    if (stored.contains(option.name)) value = stored[option.name];
    result[option.name] = value;
  }
  return result;
}

json todays_config(json config) {
  const json options = todays_options(
      config.at("options"), variants().find(config.at("variant").get<std::string>()).options);
  json merge = config.value("merge", json());
  config.erase("merge");
  config["options"] = options;
  config = resolve_run(config, "stored").to_json();
  config["options"] = options;
  if (!merge.is_null()) config["merge"] = merge;
  return config;
}

TEST(Migrate, Summaries) {
  const char* root = std::getenv("RANKWISE_MIGRATE");
  if (root == nullptr) GTEST_SKIP();
  const Places places{.data = fs::path(RANKWISE_SOURCE_DIR) / "data"};
  ContentReader contents(places);
  for (const auto& study : fs::directory_iterator(fs::path(root))) {
    const fs::path folder = study.path() / kSummaryFolder;
    if (!fs::is_directory(folder)) continue;
    const fs::path config_file =
        fs::path(RANKWISE_SOURCE_DIR) / "configs" / (study.path().filename().string() + ".json");
    // Ids of the sources of merged models, by group and seed.
    std::map<std::pair<std::string, std::int64_t>, json> sources;
    std::map<std::pair<std::string, std::int64_t>, std::string> ids;  // by label
    const Study expanded = resolve_study(read_study_file(config_file));
    for (const RunTask& job : jobs_of(expanded, {.places = places})) {
      sources[{job.config.group, job.config.seed}].push_back(job.identity.config_hash);
      ids[{job.config.label, job.config.seed}] = job.identity.config_hash;
    }
    for (const auto& file : fs::directory_iterator(folder)) {
      rewrite_runs(file.path(), [&](SummaryRun& run) {
        json& a = run.attributes;
        a["config"] = todays_config(a.at("config"));
        json plain = a["config"];
        plain.erase("merge");
        const RunConfig config = resolve_run(plain, "stored");
        const Contents found = contents.of(config);
        json identity = identify(plain, found).identity;
        if (identity["options"].contains("revision")) {
          identity["options"].erase("revision");
          a["stale"] = "measured before gradients were edited ahead of clipping";
        }
        const std::string protocol = identity_hash(protocol_of(identity));
        if (a["config"].contains("merge")) {
          const json& merge = a["config"]["merge"];
          identity = merge_identity({merge.at("rule"), merge.at("options")},
                                    sources.at({config.group, config.seed}));
        }
        const auto today = ids.find({a.at("label"), config.seed});
        if (!a["config"].contains("merge") && !a.contains("stale") && today != ids.end() &&
            today->second != identity_hash(identity)) {
          a["stale"] = "measured before its released reading had all its switches";
        }
        if (a.contains("stale")) {
          std::cout << "stale " << run.name << ": " << a["stale"] << "\n";
        }
        a["identity"] = identity;
        a["config_hash"] = identity_hash(identity);
        a["protocol_hash"] = protocol;
        a["tasks_sha256"] = found.tasks;
        a["weights_sha256"] = found.weights;
        a.erase("data_sha256");
        run.name =
            run.name.substr(0, run.name.rfind('-') + 1) + identity_hash(identity).substr(0, 10);
      });
    }
    std::cout << study.path() << "\n";
  }
}

}  // namespace
}  // namespace rankwise
