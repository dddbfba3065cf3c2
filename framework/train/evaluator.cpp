#include "framework/train/evaluator.h"

#include "framework/core/metrics.h"
#include "framework/train/finite.h"
#include "framework/train/generated_answers.h"
#include "framework/train/shared_evaluation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rankwise {

namespace {

// A text whose first metric reads it is predicted to be as good as that says, 1 at best; where it
// is right or wrong, that is said too.
void mark_texts(PredictionRecord& record, const Task& task, const Scored& scored) {
  const Metric& first = metrics().find(task.metrics.front());
  if (!first.needs_texts || !first.of_examples) return;
  record.prediction = example_scores(task.metrics.front(), scored);
  record.label.assign(record.prediction.size(), 1);
  const bool marks = std::all_of(record.prediction.begin(), record.prediction.end(),
                                 [](double score) { return score == 0 || score == 1; });
  if (marks) record.correct.assign(record.prediction.begin(), record.prediction.end());
}

void score(PredictionRecord& record, const Task& task, const Split& split) {
  const Scored scored{record.width,    record.prediction, record.label,
                      split.reference, record.answers,    record.generated};
  for (const std::string& metric : task.metrics) {
    record.scores[metric] = metrics().find(metric).score(scored);
  }
  if (is_text(task.kind)) return mark_texts(record, task, scored);
  if (task.kind == TaskKind::kRegress) return;
  for (std::size_t i = 0; i < record.label.size(); ++i) {
    record.correct.push_back(record.prediction[i] == record.label[i] ? 1 : 0);
  }
}

void check_outputs(const PredictionRecord& record) {
  const auto found = std::find_if(record.prediction.begin(), record.prediction.end(),
                                  [](double value) { return !std::isfinite(value); });
  if (found == record.prediction.end()) return;
  const std::int64_t example = (found - record.prediction.begin()) / record.width;
  throw NotFinite(fmt::format("the outputs for task '{}', {} example {}, are not finite",
                              record.task, record.split, example));
}

void place(const torch::Tensor& predicted, const std::vector<Example>& batch, std::int64_t width,
           std::vector<double>& into) {
  const torch::Tensor values = predicted.to(torch::kCPU, torch::kFloat64).contiguous();
  const double* value = values.data_ptr<double>();
  for (const Example& example : batch) {
    std::copy_n(value, width, into.begin() + example.index * width);
    value += width;
  }
}

AnswerScores unscored_answers(const Split& split) {
  AnswerScores answers{.starts = split.groups, .bytes = split.answer_bytes};
  const auto count = static_cast<std::size_t>(split.sequences());
  answers.log_probability.resize(count);
  answers.greedy.resize(count);
  for (std::int64_t s = 0; s < split.sequences(); ++s)
    answers.tokens.push_back(split.answer_length(s));
  return answers;
}

void place(const AnswerLikelihood& scored, const std::vector<Example>& batch, AnswerScores& into) {
  std::size_t from = 0;
  for (const Example& example : batch) {
    for (auto i = into.starts[example.index]; i < into.starts[example.index + 1]; ++i, ++from) {
      into.log_probability[i] = scored.log_probability[from];
      into.greedy[i] = scored.greedy[from];
    }
  }
}

// A class is the likeliest answer, a candidate the one that the first metric takes. A text's
// prediction is its log-probability, and its label how many tokens it has.
void predict_from_answers(const Task& task, PredictionRecord& record) {
  if (!is_text(task.kind)) {
    const bool per_byte = task.kind == TaskKind::kChoose && task.metrics.front() == "acc_norm";
    record.prediction = likeliest(record.answers, per_byte);
    return;
  }
  record.prediction = record.answers.log_probability;
  record.label.assign(record.answers.tokens.begin(), record.answers.tokens.end());
}

}  // namespace

ScoresByTask Evaluation::scores() const {
  ScoresByTask scores;
  for (const PredictionRecord& task : tasks) scores[task.task] = task.scores;
  return scores;
}

double selection_score(const ScoresByTask& scores, const Dataset& dataset) {
  double sum = 0;
  for (const TaskData& data : dataset.tasks) {
    const std::string& name = data.task.metrics.front();
    const double score = scores.at(data.task.name).at(name);
    const Metric& metric = metrics().find(name);
    sum += metric.as_share ? metric.as_share(score) : metric.higher_is_better ? score : -score;
  }
  return sum / static_cast<double>(dataset.tasks.size());
}

std::vector<std::vector<Example>> evaluation_batches(const Split& split, std::int32_t task,
                                                     std::int64_t rows) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(split.examples()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return split.rows_of(a) < split.rows_of(b);
  });
  std::vector<std::vector<Example>> batches;
  std::int64_t filled = rows;  // so that the first example opens a batch
  for (const std::int64_t index : order) {
    const std::int64_t length = split.rows_of(index);
    if (filled + length > rows) {
      batches.emplace_back();
      filled = 0;
    }
    batches.back().push_back({task, index});
    filled += length;
  }
  return batches;
}

Evaluation Evaluator::evaluate(Model& model, SplitName split, bool count_usage) const {
  const torch::NoGradGuard no_grad;
  if (count_usage) {
    for (const auto& attached : model.adapter().attached()) {
      if (RankUsage* usage = attached.update->evaluation_usage()) usage->reset();
    }
  }
  model.forget_forwards();
  Evaluation evaluation;
  bool whole = true;
  for (std::int32_t task = 0; task < dataset_.task_count(); ++task) {
    whole = whole && dataset_.tasks[task].split(split).examples() > 0;
    evaluation.tasks.push_back(evaluate_task(model, split, task, count_usage, evaluation.rows));
  }
  if (whole && processes_->alone()) model.check_sites_reached();
  if (count_usage) share_evaluation_usage(*processes_, model);
  return evaluation;
}

PredictionRecord Evaluator::unscored(SplitName name, std::int32_t task) const {
  const TaskData& data = dataset_.tasks[task];
  const Split& split = data.split(name);
  PredictionRecord record;
  record.task = data.task.name;
  record.split = to_string(name);
  record.width = dataset_.target_width;
  record.label = split.target;
  record.prediction.resize(record.label.size());
  if (data.task.answered_by == AnsweredBy::kLikelihood) record.answers = unscored_answers(split);
  return record;
}

std::int64_t Evaluator::predict(Model& model, SplitName split, const std::vector<Example>& examples,
                                bool count_usage, PredictionRecord& record) const {
  const Batch batch = pack(dataset_, split, examples, options_, model.pack_form(Purpose::kScoring));
  const Outputs outputs = model.forward({.batch = batch, .count_usage = count_usage});
  const Task& task = dataset_.tasks[examples.front().task].task;
  if (task.answered_by == AnsweredBy::kLikelihood) {
    place(model.score_answers(outputs, batch), examples, record.answers);
  } else {
    place(model.predict(outputs, batch), examples, record.width, record.prediction);
  }
  return batch.rows_in_all();
}

PredictionRecord Evaluator::evaluate_task(Model& model, SplitName name, std::int32_t task,
                                          bool count_usage, std::int64_t& rows) const {
  const TaskData& data = dataset_.tasks[task];
  const Split& split = data.split(name);
  PredictionRecord record = unscored(name, task);
  const auto batches = evaluation_batches(split, task, rows_);
  std::int64_t own_rows = 0;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (!takes(*processes_, i)) continue;
    before_batch_();
    own_rows += predict(model, name, batches[i], count_usage, record);
  }
  share(*processes_, record);
  if (data.task.answered_by == AnsweredBy::kLikelihood) predict_from_answers(data.task, record);
  if (is_written(data.task)) {
    const WritingForm form{generation_, seed_, rows_, options_.device(), before_batch_, processes_};
    GeneratedAnswers answers = generated_answers(model, dataset_, task, name, form);
    own_rows += answers.rows;
    record.generated = std::move(answers.texts);
    record.generation_usage = std::move(answers.usage);
  }
  share(*processes_, own_rows);
  rows += own_rows;
  check_outputs(record);
  score(record, data.task, split);
  return record;
}

}  // namespace rankwise
