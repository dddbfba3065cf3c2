#include "framework/train/generated_answers.h"

#include "framework/core/error.h"
#include "framework/core/text.h"
#include "framework/train/shared_evaluation.h"
#include "framework/train/writing_batches.h"

#include <algorithm>

namespace rankwise {

namespace {

Prompt prompt_of(const Split& split, std::int64_t example, std::int64_t task) {
  const std::int64_t s = split.groups[example];
  return {{split.tokens.begin() + split.starts[s], split.tokens.begin() + split.starts[s + 1]},
          task};
}

std::int64_t longest_prompt(const TaskData& data) {
  std::int64_t longest = 0;
  for (const Split* split : {&data.dev, &data.test}) {
    for (std::int64_t s = 0; s < split->sequences(); ++s) {
      longest = std::max(longest, split->starts[s + 1] - split->starts[s]);
    }
  }
  return longest;
}

std::string written(const GeneratedText& text, const Dataset& dataset,
                    const GenerationOptions& options) {
  const bool ended = text.ended == Ended::kEndToken;
  const auto* first = text.tokens.data();
  std::string read = dataset.token_texts.text(first, first + text.tokens.size() - (ended ? 1 : 0));
  std::size_t end = read.size();
  for (const std::string& stop : options.stop) end = std::min(end, read.find(stop));
  return as_utf8(read.substr(0, end));
}

std::string wanted(const Split& split, std::int64_t example, const Dataset& dataset) {
  const std::int64_t s = split.groups[example];
  const auto* tokens = split.answer_tokens.data();
  std::int64_t end = split.answer_starts[s + 1];
  if (end > split.answer_starts[s] && tokens[end - 1] == dataset.end_token) --end;
  return dataset.token_texts.text(tokens + split.answer_starts[s], tokens + end);
}

GenerationInputs inputs_of(const Dataset& dataset, const WritingForm& form) {
  GenerationInputs inputs{
      .form = {.tasks = dataset.task_count(), .device = form.device, .count_usage = true},
      .tokens = &dataset.token_texts};
  if (dataset.end_token >= 0) inputs.end_tokens = {static_cast<std::int32_t>(dataset.end_token)};
  return inputs;
}

void reset_usage(Model& model) {
  for (const auto& attached : model.adapter().attached()) {
    if (RankUsage* usage = attached.update->generation_usage()) usage->reset();
  }
}

std::map<std::string, std::vector<std::uint64_t>> usage_of(Model& model, std::int32_t task) {
  std::map<std::string, std::vector<std::uint64_t>> found;
  for (const auto& [site, update] : model.adapter().attached()) {
    RankUsage* usage = update->generation_usage();
    if (usage == nullptr) continue;
    const torch::Tensor count = usage->count()[task].to(torch::kCPU).contiguous();
    const auto* first = count.data_ptr<std::int64_t>();
    found[site.name] = {first, first + count.numel()};
  }
  return found;
}

}  // namespace

bool is_written(const Task& task) {
  return std::any_of(task.metrics.begin(), task.metrics.end(),
                     [](const std::string& name) { return metrics().find(name).needs_texts; });
}

void check_writing(const Dataset& dataset, const Backbone& backbone,
                   const GenerationOptions& options) {
  const std::int64_t room = backbone.longest_sequence();
  for (const std::string& stop : options.stop) {
    check(!stop.empty(), "train.generation.stop: an empty text would end every text; leave it out");
  }
  for (const TaskData& data : dataset.tasks) {
    if (!is_written(data.task)) continue;
    check(
        dataset.token_texts.known(),
        "task '{}' is scored by generated texts, and suite '{}' does not say what its tokens say; "
        "prepare it again with a tokenizer of bytes (byte-level BPE, SentencePiece)",
        data.task.name, dataset.suite);
    const std::int64_t prompt = backbone.decoder_start() ? 1 : longest_prompt(data);
    check(room == 0 || options.max_tokens <= room - prompt + 1,
          "train.generation.max_tokens: {} tokens behind the longest prompt of task '{}', of {}, "
          "exceed the backbone's {} positions; ask for fewer tokens, or prepare the suite with "
          "shorter prompts",
          options.max_tokens, data.task.name, prompt, room);
  }
}

WrittenTexts write_texts(Model& model, const Dataset& dataset, const WritingTurn& turn,
                         const WritingForm& form) {
  const Task& task = dataset.tasks[turn.task].task;
  const Split& split = dataset.tasks[turn.task].split(turn.split);
  const Seed seed = form.seed.stream(task.name).stream(to_string(turn.split));
  GenerationInputs inputs = inputs_of(dataset, form);
  inputs.lengths = turn.lengths;
  std::vector<Prompt> prompts;
  for (const std::int64_t example : turn.examples) {
    prompts.push_back(prompt_of(split, example, turn.task));
    inputs.noise.push_back(seed.stream(static_cast<std::uint64_t>(example)));
  }
  return generate(model, prompts, form.options, inputs);
}

GeneratedAnswers generated_answers(Model& model, const Dataset& dataset, std::int32_t task,
                                   SplitName name, const WritingForm& form) {
  const TaskData& data = dataset.tasks[task];
  const Split& split = data.split(name);
  const bool drawn = form.options.strategy == Strategy::kSample;
  const auto samples = static_cast<std::size_t>(drawn ? form.options.samples : 1);
  GeneratedAnswers found{.texts = {.labels = data.task.labels, .rule = data.task.read}};
  found.texts.texts.resize(static_cast<std::size_t>(split.examples()) * samples);
  for (std::int64_t i = 0; i < split.examples(); ++i) {
    found.texts.references.push_back({wanted(split, i, dataset)});
  }
  reset_usage(model);
  std::size_t number = 0;
  for (const WritingBatch& batch : writing_batches(split, form.options, form.rows)) {
    if (!takes(*form.processes, number++)) continue;
    form.before_batch();
    const auto texts = write_texts(model, dataset,
                                   {.task = task, .split = name, .examples = batch.examples}, form);
    for (std::size_t i = 0; i < batch.examples.size(); ++i) {
      found.rows += batch.prompt_rows[i];
      for (std::size_t s = 0; s < samples; ++s) {
        found.rows += static_cast<std::int64_t>(texts[i][s].tokens.size()) - 1;
        found.texts.texts[static_cast<std::size_t>(batch.examples[i]) * samples + s] =
            written(texts[i][s], dataset, form.options);
      }
    }
  }
  share(*form.processes, found.texts.texts);
  share_generation_usage(*form.processes, model);
  found.usage = usage_of(model, task);
  return found;
}

}  // namespace rankwise
