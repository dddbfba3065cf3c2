#include "framework/run/evaluate.h"

#include "framework/core/hash.h"
#include "framework/core/slug.h"
#include "framework/io/lease_watch.h"
#include "framework/model/weights_place.h"
#include "framework/record/run_reader.h"
#include "framework/record/run_writer.h"
#include "framework/run/identify.h"
#include "framework/run/run_attributes.h"
#include "framework/run/run_setup.h"
#include "framework/study/identity.h"
#include "framework/train/evaluator.h"
#include "framework/train/finite.h"
#include "framework/train/statistics.h"

#include <ATen/Parallel.h>
#include <fmt/ranges.h>

#include <chrono>

namespace rankwise {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using WallClock = std::chrono::steady_clock;

// What the training run started from may be gone since.
RunIdentity evaluated_identity(RunConfig config, const TrainedParameters& trained,
                               const EvaluateRequest& request) {
  const std::string init =
      trained.run.is_null() ? "" : trained.run.value("init_sha256", std::string());
  const std::string init_from = std::exchange(config.init_from, "");
  Contents contents = ContentReader(request.paths).of(config);
  if (!init.empty()) {
    config.init_from = init_from;
    contents.init = init;
  }
  RunIdentity identity = identify(config, contents);
  identity.identity["evaluated"] = {{"parameters", sha256_file(trained.file)},
                                    {"split", to_string(request.split)}};
  identity.config_hash = identity_hash(identity.identity);
  if (trained.tasks.empty()) {  // how they were trained is not known
    identity.protocol_hash = identity_hash(protocol_of(identity.identity));
  }
  return identity;
}

RunJob job_of(const TrainedParameters& trained, const EvaluateRequest& request) {
  const RunConfig config = evaluated_config(trained, request);
  RunJob job{.config = config,
             .identity = evaluated_identity(config, trained, request),
             .study = "evaluated",
             .paths = request.paths,
             .device = request.device,
             .threads = request.threads};
  if (trained.run.is_object()) {
    job.study = trained.run.value("study", job.study);
    job.study_file = trained.run.value("study_file", "");
    job.reproduces = trained.run.value("reproduces", "");
    job.order = trained.run.value("order", std::int64_t{0});
  }
  return job;
}

fs::path target_of(const RunJob& job, const TrainedParameters& trained,
                   const EvaluateRequest& request) {
  if (request.out.empty()) {
    const fs::path folder = trained.file.parent_path() / "evaluated";
    return folder /
           fmt::format("{}{}", slug(job.config.label), run_file_ending(job.config, job.identity));
  }
  check(request.out.extension() == ".h5", "--out {}: a run file's name ends in .h5",
        request.out.string());
  if (fs::exists(request.out)) {
    check(RunFile(request.out).attributes().contains("evaluated"),
          "--out {}: there is a run file that no evaluation wrote; take another name",
          request.out.string());
  }
  return request.out;
}

RunSetup loaded(const RunJob& job, const TrainedParameters& trained) {
  RunSetup setup = load_data(job.config, job.paths, job.device);
  setup.model = make_model(job.config, job.paths, setup, setup.tensors);
  check_weights(setup.model->backbone());
  const auto missing = load_parameters(*setup.model, job.config.variant, trained.file);
  check(missing.empty(),
        "{}: has no head for {}, and no other answers {}; its tasks are {}: name those with --task",
        trained.file.string(), fmt::join(missing, ", "), missing.size() == 1 ? "it" : "them",
        trained.tasks.empty() ? "none" : fmt::format("{}", fmt::join(trained.tasks, ", ")));
  return setup;
}

// There is one set of parameters: the last are the best.
FinalRecord final_record(Model& model, const Evaluation& evaluation) {
  FinalRecord record;
  record.parameters = model.count();
  for (const char* parameters : {"last", "best"}) {
    for (PredictionRecord task : evaluation.tasks) {
      task.parameters = parameters;
      record.predictions.push_back(std::move(task));
    }
  }
  return record;
}

json attributes_of(const RunJob& job, const TrainedParameters& trained,
                   const EvaluateRequest& request, std::int64_t tasks) {
  json attributes = opening_attributes(job, {tasks, 0});
  const DataOptions& data = job.config.data;
  const std::int64_t rows = request.split == SplitName::kDev ? data.dev_rows : data.test_rows;
  const std::string name = request.name.empty() ? trained.file.string() : request.name;
  attributes["scale_note"] =
      fmt::format("evaluated without training on {}, {} examples a task", to_string(request.split),
                  rows == 0 ? "all" : fmt::format("at most {}", rows));
  attributes["best_rule"] = "evaluated parameters are one set";
  attributes["evaluated"] = job.identity.identity.at("evaluated");
  attributes["evaluated"]["sha256"] = attributes["evaluated"]["parameters"];
  attributes["evaluated"]["parameters"] = name;
  return attributes;
}

json end_attributes(const Evaluation& evaluation, const RunSetup& setup,
                    WallClock::time_point begin) {
  const std::chrono::duration<double> seconds = WallClock::now() - begin;
  json attributes = closing_attributes({.evaluation_rows = evaluation.rows,
                                        .device_peak = peak_memory(setup.tensors.device()),
                                        .best_step = 0,
                                        .update_flops = setup.model->update_flops(),
                                        .stored_parameters = setup.model->stored_parameters()},
                                       seconds.count());
  attributes["tokens_per_second"] = 0.0;  // of training
  return attributes;
}

}  // namespace

RunConfig evaluated_config(const TrainedParameters& trained, const EvaluateRequest& request) {
  const RunConfig& own = trained.config;
  check(!trained.tasks.empty() || !request.suite.empty(),
        "{}: was trained on no suite of ours; name one with --suite", trained.file.string());
  json config = own.to_json();
  if (!request.suite.empty() && request.suite != own.data.suite) {
    config["data"]["suite"] = request.suite;
    config["data"]["tasks"] = json::array();
    config["data"]["options"] = json::object();
  }
  if (!request.tasks.empty()) config["data"]["tasks"] = request.tasks;
  if (!request.backbone.empty()) {
    config["backbone"] = backbone_with(request.paths.data / "models", request.backbone);
  }
  config["label"] = own.label + ", evaluated";
  return resolve_run(config, trained.file.string());
}

fs::path evaluate_parameters(const EvaluateRequest& request) {
  const WallClock::time_point begin = WallClock::now();
  const TrainedParameters trained = read_trained(request.parameters);
  const RunJob job = job_of(trained, request);
  const fs::path file = target_of(job, trained, request);
  auto lease = LeaseWatch::take(lock_path(file));
  check(lease.has_value(), "{}: another process is writing it", file.string());
  at::set_num_threads(static_cast<int>(job.threads));
  const RunSetup setup = loaded(job, trained);
  Model& model = *setup.model;
  const Dataset& dataset = setup.suite.dataset;
  const Evaluation evaluation =
      evaluator_of(setup, job.config.train).evaluate(model, request.split, /*count_usage=*/true);
  lease->check();
  RunWriter writer(file, run_layout(dataset, model, setup.suite.truth, request.split),
                   attributes_of(job, trained, request, dataset.task_count()));
  writer.evaluation({0, evaluation.scores(), collect_usage(model)});
  writer.finish(final_record(model, evaluation), end_attributes(evaluation, setup, begin));
  return file;
}

}  // namespace rankwise
