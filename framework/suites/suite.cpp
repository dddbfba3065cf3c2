#include "framework/suites/suite.h"

#include "framework/core/hash.h"
#include "framework/core/nearest.h"
#include "framework/data/subset.h"
#include "framework/data/token_file.h"
#include "framework/model/weights_place.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>

namespace rankwise {

namespace {

// Those made in memory, and those of the folder, each file "<suite>-<weights>.h5".
std::vector<std::string> known_suites(const SuiteInputs& inputs) {
  std::vector<std::string> names = suites().names();
  const std::string ending = fmt::format("-{}.h5", weights_name(inputs.tokenizer));
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(inputs.data / "suites", missing)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) names.push_back(name.substr(0, name.size() - ending.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::filesystem::path token_file(const DataOptions& options, const SuiteInputs& inputs) {
  check(!inputs.tokenizer.empty(),
        "suite '{}' is none of those made in memory ({}), and one of text needs a backbone with "
        "prepared weights (backbone.weights)",
        options.suite, fmt::join(suites().names(), ", "));
  const auto file = inputs.data / "suites" /
                    fmt::format("{}-{}.h5", options.suite, weights_name(inputs.tokenizer));
  check(
      std::filesystem::exists(file),
      "unknown suite '{}'{}: {} does not exist; make it with scripts/prepare --suite {} --backbone "
      "{}, and --from its description where it is your own (suites made in memory: {})",
      options.suite, did_you_mean(options.suite, known_suites(inputs)), file.string(),
      options.suite, inputs.tokenizer, fmt::join(suites().names(), ", "));
  return file;
}

// Token ids mean something to one tokenizer alone.
void check_tokenizer(const std::filesystem::path& file, const DataOptions& options,
                     const SuiteInputs& inputs) {
  const auto tokenizer =
      weights_folder(inputs.data / "models", inputs.tokenizer) / "tokenizer.json";
  if (!std::filesystem::exists(tokenizer)) return;
  const std::string made_with = token_file_tokenizer(file);
  const std::string found = sha256_file(tokenizer);
  check(made_with.empty() || made_with == found,
        "{}: was made with a tokenizer of SHA-256 {}..., and {} has {}...; make it anew with "
        "scripts/prepare --suite {} --backbone {}, and --from its description where it is your own",
        file.string(), made_with.substr(0, 12), tokenizer.string(), found.substr(0, 12),
        options.suite, inputs.tokenizer);
}

void take_subsets(Dataset& dataset, const DataOptions& options) {
  const Seed seed(static_cast<std::uint64_t>(options.subset_seed));
  for (TaskData& data : dataset.tasks) {
    const auto take = [&](Split& split, std::int64_t rows, const char* name) {
      split = subset(split, rows, dataset.feature_width, dataset.target_width,
                     seed.stream(data.task.name).stream(name));
      check(split.examples() > 0, "task '{}' has no {} examples", data.task.name, name);
    };
    take(data.train, options.train_rows, "train");
    take(data.dev, options.dev_rows, "dev");
    take(data.test, options.test_rows, "test");
  }
}

void keep_truth(SuiteTruth& truth, const std::vector<std::size_t>& tasks) {
  const auto keep = [&](std::vector<std::int64_t>& values) {
    if (values.empty()) return;
    std::vector<std::int64_t> kept;
    for (const std::size_t task : tasks) kept.push_back(values[task]);
    values = std::move(kept);
  };
  for (auto& [site, known] : truth.sites) keep(known.rank);
  keep(truth.group);
  keep(truth.input_group);
}

void keep_tasks(SuiteData& suite, const std::vector<std::string>& names) {
  if (names.empty()) return;
  Dataset& dataset = suite.dataset;
  std::vector<TaskData> kept;
  std::vector<std::size_t> chosen;
  std::vector<std::string> known;
  for (const TaskData& data : dataset.tasks) known.push_back(data.task.name);
  check_tasks_asked_for(names, known, dataset.suite);
  for (const std::string& name : names) {
    const auto found = std::find(known.begin(), known.end(), name);
    chosen.push_back(static_cast<std::size_t>(found - known.begin()));
    kept.push_back(dataset.tasks[chosen.back()]);
  }
  dataset.tasks = std::move(kept);
  if (suite.truth) keep_truth(*suite.truth, chosen);
}

// What a suite that was made in memory must be, as the reader of token files checks its own.
void check_made(const Dataset& dataset) {
  for (const TaskData& data : dataset.tasks) {
    check_task(data.task);
    for (const SplitName name : {SplitName::kTrain, SplitName::kDev, SplitName::kTest}) {
      check_finite(data.split(name),
                   fmt::format("{}: {}/{}", dataset.suite, data.task.name, to_string(name)));
    }
  }
}

}  // namespace

Registry<SuiteKind>& suites() {
  static Registry<SuiteKind> registry("suite", "suites");
  return registry;
}

DataOptions resolve_data(const nlohmann::json& data, const std::string& path) {
  auto options = parse_options<DataOptions>(data, path);
  options.suite = suites().name_of(options.suite);
  if (suites().contains(options.suite)) {
    options.options = suites().find(options.suite).resolve(options.options, path + ".options");
  } else {
    check(options.options.empty(),
          "{}.options: suite '{}' has none: only suites made in memory have options ({})", path,
          options.suite, fmt::join(suites().names(), ", "));
  }
  return options;
}

SuiteData load_suite(const DataOptions& options, const SuiteInputs& inputs) {
  SuiteData loaded;
  if (suites().contains(options.suite)) {
    loaded = suites().find(options.suite).make(options.options, inputs);
    check_made(loaded.dataset);
    keep_tasks(loaded, options.tasks);
  } else {
    loaded.dataset = read_suite(options, inputs);
  }
  take_subsets(loaded.dataset, options);
  return loaded;
}

Dataset read_suite(const DataOptions& options, const SuiteInputs& inputs) {
  const auto file = token_file(options, inputs);
  check_tokenizer(file, options, inputs);
  return read_token_file(file, options.tasks);
}

}  // namespace rankwise
