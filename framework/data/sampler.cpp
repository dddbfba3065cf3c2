#include "framework/data/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rankwise {

namespace {

TaskWeighting rule(std::string summary, std::function<double(double, double, double)> weight) {
  return {std::move(summary), [weight = std::move(weight)](const std::vector<double>& sizes,
                                                           const SamplerOptions& options) {
            const double total = std::accumulate(sizes.begin(), sizes.end(), 0.0);
            std::vector<double> weights;
            weights.reserve(sizes.size());
            for (const double size : sizes) {
              weights.push_back(weight(size, total, options.temperature));
            }
            return weights;
          }};
}

Registry<TaskWeighting> built_in() {
  Registry<TaskWeighting> registry("sampler", "samplers");
  registry.add("proportional",
               rule("by training size", [](double n, double, double) { return n; }));
  registry.add("equal", rule("each task alike", [](double, double, double) { return 1.0; }));
  registry.add("temperature",
               rule("size^(1/temperature)", [](double n, double, double temperature) {
                 return std::pow(n, 1 / temperature);
               }));
  registry.add("size_softmax",
               rule("softmax of the size's share",
                    [](double n, double total, double) { return std::exp(n / total); }));
  registry.add("inverse", rule("by 1 / size", [](double n, double, double) { return 1 / n; }));
  registry.add(kPasses, rule("every example once a pass, nothing drawn",
                             [](double n, double, double) { return n; }));
  registry.add("round_robin", {"one task after the other",
                               [](const auto&, const auto&) { return std::vector<double>(); }});
  return registry;
}

}  // namespace

Registry<TaskWeighting>& task_weightings() {
  static Registry<TaskWeighting> registry = built_in();
  return registry;
}

Sampler::Sampler(const SamplerOptions& options, std::vector<std::int64_t> sizes, const Seed& seed,
                 LastBatch last)
    : options_(options),
      last_(last),
      sizes_(std::move(sizes)),
      task_random_(seed.stream("task").random()),
      order_(sizes_.size()),
      pass_seed_(seed.stream("pass")) {
  check(!sizes_.empty(), "no task to sample from");
  for (std::size_t task = 0; task < sizes_.size(); ++task) {
    check(sizes_[task] > 0, "task {} has no training examples", task);
    example_random_.push_back(seed.stream("examples").stream(task).random());
  }
  weights_ = task_weightings().find(options.tasks).weights({sizes_.begin(), sizes_.end()}, options);
}

std::vector<Example> Sampler::next(std::int64_t batch) {
  if (options_.tasks == kPasses) return next_of_pass(batch);
  std::vector<Example> examples;
  examples.reserve(static_cast<std::size_t>(batch));
  std::int32_t task = 0;
  for (std::int64_t i = 0; i < batch; ++i) {
    if (i == 0 || options_.mixed) task = draw_task();
    examples.push_back({task, draw_example(task)});
  }
  return examples;
}

std::int32_t Sampler::draw_task() {
  if (!weights_.empty()) return static_cast<std::int32_t>(task_random_.choice(weights_));
  const std::int32_t task = turn_;
  turn_ = (turn_ + 1) % static_cast<std::int32_t>(sizes_.size());
  return task;
}

std::int64_t Sampler::draw_example(std::int32_t task) {
  Random& random = example_random_[task];
  if (options_.replacement) return static_cast<std::int64_t>(random.index(sizes_[task]));
  auto& rest = order_[task];
  if (rest.empty()) {
    rest.resize(static_cast<std::size_t>(sizes_[task]));
    std::iota(rest.begin(), rest.end(), std::int64_t{0});
    if (options_.shuffle) {
      random.shuffle(rest);
    } else {
      std::reverse(rest.begin(), rest.end());
    }
  }
  const std::int64_t example = rest.back();
  rest.pop_back();
  return example;
}

std::vector<Example> Sampler::next_of_pass(std::int64_t batch) {
  if (pass_.empty()) {
    const PassForm form{batch, options_.mixed, options_.shuffle, last_};
    pass_ = make_pass(form, sizes_, pass_seed_.stream(passes_++));
    check(!pass_.empty(), "no task has examples for a whole batch of {}", batch);
    std::reverse(pass_.begin(), pass_.end());
  }
  std::vector<Example> examples = std::move(pass_.back());
  pass_.pop_back();
  return examples;
}

}  // namespace rankwise
