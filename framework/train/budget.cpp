#include "framework/train/budget.h"

#include "framework/core/error.h"
#include "framework/core/largest_count.h"

#include <algorithm>

namespace rankwise {

namespace {

using nlohmann::json;

// Whether `object` says the option, by any of its names; null says nothing.
template <class Options>
bool says(const json& object, const char* option) {
  Options options;
  std::vector<OptionName> names;
  Options::visit(options, options::NameCollector{names});
  for (const OptionName& name : names) {
    if (name.now != option) continue;
    const std::string given = name.in(object);
    return !given.empty() && !object[given].is_null();
  }
  return false;
}

// `usual` has a default; `other` has none and takes its place.
template <class Usual, class Other>
void choose_one(const json& given, const std::pair<const char*, std::optional<Usual>&>& usual,
                const std::pair<const char*, std::optional<Other>&>& other,
                const std::string& path) {
  if (!other.second) {
    check(usual.second.has_value(), "{}: neither {} nor {} is given; give one of them", path,
          usual.first, other.first);
    return;
  }
  check(!says<TrainOptions>(given, usual.first),
        "{}: {} and {} are both given; make one of them null", path, usual.first, other.first);
  usual.second.reset();
}

void settle_sampler(TrainOptions& options, const json& given, const std::string& path) {
  SamplerOptions& sampler = options.sampler;
  if (options.epochs) {
    if (!says<SamplerOptions>(given.value("sampler", json::object()), "tasks"))
      sampler.tasks = kPasses;
    check(sampler.tasks == kPasses,
          "{}.sampler.tasks: '{}' draws tasks, and epochs are exact passes; name passes, or give "
          "steps instead of epochs",
          path, sampler.tasks);
  }
  check(!sampler.replacement || sampler.tasks != kPasses,
        "{}.sampler.replacement: examples that are drawn independently make no exact pass; leave "
        "it out, or name another sampler",
        path);
  check(!sampler.replacement || sampler.shuffle,
        "{}.sampler.shuffle: false takes the data in their order, and replacement draws them; "
        "leave one of them out",
        path);
}

PassForm pass_form(const TrainOptions& options) {
  return {options.batch, options.sampler.mixed, options.sampler.shuffle, options.last_batch};
}

// A task that is never trained on would only show in its scores.
void check_no_task_is_lost(const TrainOptions& options, const Dataset& dataset) {
  if (options.last_batch == LastBatch::kKeep) return;
  std::int64_t all = 0;
  for (const TaskData& data : dataset.tasks) {
    const std::int64_t size = data.train.examples();
    all += size;
    check(options.sampler.mixed || size >= options.batch,
          "train.last_batch: drop leaves nothing of task '{}', which has {} training examples, "
          "fewer than a batch of {}; keep the last batch, or lower train.batch",
          data.task.name, size, options.batch);
  }
  check(all >= options.batch,
        "train.last_batch: drop leaves nothing of {} training examples, fewer than a batch of {}; "
        "keep the last batch, or lower train.batch",
        all, options.batch);
}

}  // namespace

void settle(TrainOptions& options, const json& given, const std::string& path) {
  choose_one<std::int64_t, std::int64_t>(given, {"steps", options.steps},
                                         {"epochs", options.epochs}, path);
  choose_one<double, std::int64_t>(given, {"warmup", options.warmup},
                                   {"warmup_steps", options.warmup_steps}, path);
  settle_sampler(options, given, path);
  check(!given.contains("early_stopping") || given["early_stopping"].contains("patience"),
        "{}.early_stopping: has no patience, the evaluations after which training ends", path);
}

std::vector<std::int64_t> training_sizes(const Dataset& dataset) {
  std::vector<std::int64_t> sizes;
  for (const TaskData& data : dataset.tasks) sizes.push_back(data.train.examples());
  return sizes;
}

std::int64_t steps_of(const TrainOptions& options, const Dataset& dataset) {
  if (options.sampler.tasks != kPasses) return options.steps.value();
  check_no_task_is_lost(options, dataset);
  const PassCounts pass = count_pass(pass_form(options), training_sizes(dataset));
  check(!options.epochs || *options.epochs <= kLargestCount / pass.batches,
        "train.epochs: {} passes of {} steps are beyond the largest count, {}",
        options.epochs.value_or(0), pass.batches, kLargestCount);
  return options.epochs ? *options.epochs * pass.batches : *options.steps;
}

}  // namespace rankwise
