#include "analysis/papers/paper_cost.h"

#include "framework/core/json_file.h"

#include <algorithm>
#include <set>
#include <vector>

namespace rankwise::analysis {
namespace {

using nlohmann::json;

constexpr std::int64_t kCap = 512, kAnswerCap = 256;  // defaults of scripts/prepare

/// A run's members as this arithmetic needs them; what a file leaves out has the program's default.
struct RunShape {
  json train, data;

  explicit RunShape(const StudyRun& run)
      : train(run.members.value("train", json::object())),
        data(run.members.value("data", json::object())) {}

  std::int64_t number(const char* name, std::int64_t otherwise) const {
    const json value = train.value(name, json());
    return value.is_number() ? value.get<std::int64_t>() : otherwise;
  }
  std::int64_t batch() const { return number("batch", 32); }
  std::int64_t micro_batch() const {
    const std::int64_t rows = number("micro_batch", 0);
    return rows > 0 ? rows : batch();
  }
  bool reduced() const { return train.value("precision", "fp32") == "bf16"; }
  double bytes() const { return reduced() ? 2 : 4; }
  bool runs_again() const { return train.value("gradient_checkpointing", false); }
};

struct TaskSize {
  double train, dev, test, tokens;
};

std::vector<TaskSize> sizes_of(const RunShape& run, const SuiteSource::Rows& rows,
                               const TaskLengths& lengths) {
  std::vector<std::string> names = run.data.value("tasks", std::vector<std::string>{});
  if (names.empty()) {
    for (const auto& [name, counts] : rows) names.push_back(name);
  }
  const auto limit = [&](const char* name, std::int64_t count) {
    const std::int64_t most = run.data.value(name, std::int64_t{0});
    return static_cast<double>(most > 0 ? std::min(most, count) : count);
  };
  std::vector<TaskSize> sizes;
  for (const std::string& name : names) {
    const auto& [train, dev, test] = rows.at(name);
    sizes.push_back({limit("train_rows", train), limit("dev_rows", dev), limit("test_rows", test),
                     static_cast<double>(lengths.at(name))});
  }
  return sizes;
}

double longest(const std::vector<TaskSize>& sizes) {
  double most = 0;
  for (const TaskSize& size : sizes) most = std::max(most, size.tokens);
  return most;
}

double training_tokens(const RunShape& run, const std::vector<TaskSize>& sizes) {
  const json epochs = run.train.value("epochs", json());
  if (!epochs.is_number()) {
    return static_cast<double>(run.number("steps", 150) * run.batch()) * longest(sizes);
  }
  double tokens = 0;
  for (const TaskSize& size : sizes) tokens += size.train * size.tokens;
  return epochs.get<double>() * tokens;
}

/// Dev at each evaluation, test at the end with the last and with the best parameters; an answer is
/// scored, and one is written.
double evaluation_tokens(const RunShape& run, const std::vector<TaskSize>& sizes) {
  const auto evaluations = static_cast<double>(run.number("evaluations", 3));
  double tokens = 0;
  for (const TaskSize& size : sizes) {
    tokens += 2 * size.tokens * (evaluations * size.dev + 2 * size.test);
  }
  return tokens;
}

double operations_of(const RunShape& run, const std::vector<TaskSize>& sizes,
                     const BackboneSource& backbone) {
  const double again = run.runs_again() ? 6 : 4;
  return backbone.parameters *
         (again * training_tokens(run, sizes) + 2 * evaluation_tokens(run, sizes));
}

/// A block keeps about ten rows of its width and three of its inner one; blocks that are run again
/// keep one row each, and one block the rest. Logits and their gradient are fp32.
double device_bytes(const RunShape& run, const std::vector<TaskSize>& sizes,
                    const BackboneSource& backbone) {
  const auto width = static_cast<double>(backbone.width);
  const auto layers = static_cast<double>(backbone.layers);
  const double rows = static_cast<double>(run.micro_batch()) * longest(sizes);
  const double block = (10 * width + 3 * static_cast<double>(backbone.inner)) * run.bytes();
  const double blocks = run.runs_again() ? block + layers * width * run.bytes() : layers * block;
  const double logits = 2 * 4 * static_cast<double>(backbone.vocabulary);
  return backbone.parameters * run.bytes() + rows * (blocks + logits);
}

double fetched_bytes(const BackboneSource& backbone) {
  return backbone.parameters * static_cast<double>(backbone.stored_bytes);
}

}  // namespace

TaskLengths task_lengths(const std::filesystem::path& description) {
  const json value = read_json(description);
  const json defaults = value.value("defaults", json::object());
  TaskLengths lengths;
  for (const json& task : value.at("tasks")) {
    std::int64_t tokens = 0;
    for (const auto& [name, usual] :
         {std::pair("cap", kCap), std::pair("answer_cap", kAnswerCap)}) {
      tokens += task.value(name, defaults.value(name, usual));
    }
    lengths[task.at("name")] = tokens;
  }
  return lengths;
}

std::optional<PaperCost> paper_cost(const StudyFile& study, const PaperSources& sources,
                                    const TaskLengths& lengths) {
  PaperCost cost;
  std::set<std::string> weights;
  for (const StudyRun& run : study.runs) {
    const RunShape shape(run);
    const std::string name = run.members.at("backbone").value("weights", "");
    const auto backbone = sources.backbones.find(name);
    const auto suite = sources.suites.find(shape.data.value("suite", ""));
    if (backbone == sources.backbones.end() || suite == sources.suites.end()) return std::nullopt;
    if (!suite->second.rows) return std::nullopt;
    const auto sizes = sizes_of(shape, *suite->second.rows, lengths);
    const double operations = operations_of(shape, sizes, backbone->second);
    cost.rate = shape.reduced() ? kBf16Rate : kFp32Rate;
    cost.operations += operations;
    cost.hours += operations / cost.rate / 3600;
    cost.device_bytes = std::max(cost.device_bytes, device_bytes(shape, sizes, backbone->second));
    if (weights.insert(name).second) cost.weights_bytes += fetched_bytes(backbone->second);
  }
  return cost;
}

}  // namespace rankwise::analysis
