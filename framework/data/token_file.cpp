#include "framework/data/token_file.h"

#include "framework/core/json.h"
#include "framework/core/metrics.h"
#include "framework/core/text.h"
#include "framework/data/split_checks.h"
#include "framework/io/hdf5.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace rankwise {

namespace {

constexpr std::int64_t kVersion = 2;  // version 1 has no answers

hdf5::File open_checked(const std::filesystem::path& file) {
  hdf5::File opened = hdf5::File::open(file);
  const bool ours = opened.has_attribute("/", "format") &&
                    opened.attribute<std::string>("/", "format") == "rankwise-tokens";
  check(ours, "{}: is not a token file of rankwise; make it with scripts/prepare", file.string());
  const auto version = opened.attribute<std::int64_t>("/", "version");
  check(version >= 1 && version <= kVersion,
        "{}: written as version {}, this program reads 1 to {}", file.string(), version, kVersion);
  return opened;
}

std::vector<std::string> ordered_tasks(const hdf5::File& file) {
  std::map<std::int64_t, std::string> by_index;
  for (const std::string& name : file.children("/tasks")) {
    const auto index = file.attribute<std::int64_t>("/tasks/" + name, "index");
    const auto [first, fresh] = by_index.emplace(index, name);
    check(fresh, "{}: tasks '{}' and '{}' both have index {}", file.name(),
          printable(first->second), printable(name), index);
  }
  check(!by_index.empty(), "{}: holds no tasks; make it with scripts/prepare", file.name());
  std::vector<std::string> names;
  names.reserve(by_index.size());
  for (const auto& [index, name] : by_index) names.push_back(name);
  return names;
}

std::vector<std::string> read_list(const hdf5::File& file, const std::string& group,
                                   const char* attribute) {
  const auto text = file.attribute<std::string>(group, attribute);
  const auto list = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const bool strings =
      list.is_array() &&
      std::all_of(list.begin(), list.end(), [](const auto& one) { return one.is_string(); });
  check(strings, "{}: {}/{}: '{}' is not a JSON list of strings", file.name(), group, attribute,
        text);
  return list.get<std::vector<std::string>>();
}

// What is wrong with a value of the file is said with its place.
template <class Check>
void at_place(const hdf5::File& file, const std::string& place, const Check& check_value) {
  try {
    check_value();
  } catch (const Error& error) {
    fail("{}: {}: {}", file.name(), place, error.what());
  }
}

// Of version 2: what answers the task, and what training counts.
void read_answers(const hdf5::File& file, const std::string& group, Task& task) {
  if (!file.has_attribute(group, "answers")) return;
  const auto part = file.attribute<std::string>(group, "answers");
  at_place(file, group + "/answers", [&] { task.answered_by = answered_by(part); });
  const auto loss_on = file.attribute<std::string>(group, "loss_on");
  check(loss_on == "answer" || loss_on == "all", "{}: {}/loss_on: '{}' is neither answer nor all",
        file.name(), group, loss_on);
  task.loss_on_prompt = loss_on == "all";
  if (file.has_attribute(group, "read")) task.read = file.attribute<std::string>(group, "read");
}

Task read_task(const hdf5::File& file, const std::string& name) {
  const std::string group = "/tasks/" + name;
  Task task;
  task.name = name;
  task.family = file.attribute<std::string>(group, "family");
  const auto kind = file.attribute<std::string>(group, "kind");
  at_place(file, group + "/kind", [&] { task.kind = task_kind(kind); });
  task.classes = file.attribute<std::int64_t>(group, "classes");
  task.outputs = task.kind == TaskKind::kClassify ? task.classes : 1;
  task.metrics = read_list(file, group, "metrics");
  task.labels = read_list(file, group, "labels");
  read_answers(file, group, task);
  at_place(file, printable(group), [&] { check_task(task); });
  for (const std::string& metric : task.metrics) {
    check(!metrics().find(metric).needs_reference,
          "{}: {}: metric '{}' needs the unadapted model's outputs, which token files do not hold",
          file.name(), group, metric);
  }
  return task;
}

TokenTexts read_token_texts(const hdf5::File& file, std::int64_t vocabulary) {
  const std::string group = "/token_bytes";
  if (!file.exists(group)) return {};
  const auto bytes = file.read<std::uint8_t>(group + "/bytes");
  const auto starts = file.read<std::int64_t>(group + "/starts");
  check_token_starts(starts, vocabulary, bytes.size(), file.name() + ": " + group);
  TokenTexts texts{.strips_space = file.attribute<std::int64_t>(group, "strips_space") != 0};
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
    texts.bytes.emplace_back(bytes.begin() + starts[i], bytes.begin() + starts[i + 1]);
  }
  return texts;
}

std::vector<ProgramFrame> read_programs(const hdf5::File& file, const std::string& group,
                                        std::int64_t examples) {
  if (!file.exists(group + "/program_head")) return {};
  const auto heads = file.dataset(group + "/program_head").read_strings();
  const auto tails = file.dataset(group + "/program_tail").read_strings();
  const auto expected = static_cast<std::size_t>(examples);
  check(heads.size() == expected && tails.size() == expected,
        "{}: {}: {} heads and {} tails of programs for {} examples", file.name(), group,
        heads.size(), tails.size(), expected);
  std::vector<ProgramFrame> programs;
  for (std::size_t i = 0; i < expected; ++i) programs.push_back({heads[i], tails[i]});
  return programs;
}

Split read_split(const hdf5::File& file, const Task& task, const char* name,
                 std::int64_t vocabulary) {
  const std::string group = "/tasks/" + task.name + "/" + name;
  Split split;
  split.tokens = file.read<std::int32_t>(group + "/tokens");
  split.segments = file.read<std::uint8_t>(group + "/segments");
  split.starts = file.read<std::int64_t>(group + "/starts");
  split.groups = file.read<std::int64_t>(group + "/groups");
  split.target = file.read<double>(group + "/target");
  if (task.answered_by == AnsweredBy::kLikelihood) {
    split.answer_tokens = file.read<std::int32_t>(group + "/answer_tokens");
    split.answer_starts = file.read<std::int64_t>(group + "/answer_starts");
    split.answer_bytes = file.read<std::int64_t>(group + "/answer_bytes");
    split.programs = read_programs(file, group, split.examples());
  }
  check_split(split, task, vocabulary, file.name() + ": " + group);
  return split;
}

}  // namespace

std::vector<std::string> token_file_tasks(const std::filesystem::path& file) {
  return ordered_tasks(open_checked(file));
}

std::string token_file_tokenizer(const std::filesystem::path& path) {
  const hdf5::File file = open_checked(path);
  if (!file.has_attribute("/", "tokenizer_sha256")) return "";
  return file.attribute<std::string>("/", "tokenizer_sha256");
}

Dataset read_token_file(const std::filesystem::path& path, const std::vector<std::string>& tasks) {
  const hdf5::File file = open_checked(path);
  const std::vector<std::string> known = ordered_tasks(file);
  check_tasks_asked_for(tasks, known, path.string());
  Dataset dataset;
  dataset.suite = file.attribute<std::string>("/", "suite");
  dataset.vocabulary = file.attribute<std::int64_t>("/", "vocabulary");
  check(dataset.vocabulary > 0, "{}: has a vocabulary of {}, expected at least 1", file.name(),
        dataset.vocabulary);
  if (file.has_attribute("/", "end_token")) {
    dataset.end_token = file.attribute<std::int64_t>("/", "end_token");
    check(dataset.end_token >= -1 && dataset.end_token < dataset.vocabulary,
          "{}: end_token {} is outside the vocabulary of {}", file.name(), dataset.end_token,
          dataset.vocabulary);
  }
  dataset.token_texts = read_token_texts(file, dataset.vocabulary);
  for (const std::string& name : tasks.empty() ? known : tasks) {
    TaskData data;
    data.task = read_task(file, name);
    data.train = read_split(file, data.task, "train", dataset.vocabulary);
    data.dev = read_split(file, data.task, "dev", dataset.vocabulary);
    data.test = read_split(file, data.task, "test", dataset.vocabulary);
    standardise_targets(data);
    dataset.tasks.push_back(std::move(data));
  }
  return dataset;
}

}  // namespace rankwise
