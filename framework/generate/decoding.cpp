#include "framework/generate/decoding.h"

#include "framework/core/error.h"
#include "framework/ops/precision.h"

#include <algorithm>
#include <utility>

namespace rankwise {

using torch::Tensor;

namespace {

std::vector<TextRows> rows_of(const std::vector<Prompt>& prompts) {
  std::vector<TextRows> rows;
  rows.reserve(prompts.size());
  for (const Prompt& prompt : prompts) rows.push_back({prompt.tokens, prompt.task});
  return rows;
}

// Rows of the longest text, its last token not among them: it is no input.
std::int64_t longest_text(const std::vector<Prompt>& prompts, bool apart,
                          const DecodingForm& form) {
  std::int64_t longest = 1;
  for (const Prompt& prompt : prompts) {
    longest = std::max(longest, static_cast<std::int64_t>(prompt.tokens.size()));
  }
  return (apart ? 1 : longest) + form.most_tokens - 1;
}

template <class T>
void take(std::vector<T>& values, const std::vector<std::int64_t>& chosen) {
  std::vector<T> taken;
  taken.reserve(chosen.size());
  for (const std::int64_t i : chosen) taken.push_back(values[i]);
  values = std::move(taken);
}

}  // namespace

Decoding::Decoding(Model& model, const std::vector<Prompt>& prompts, const DecodingForm& form)
    : model_(model),
      form_(form),
      start_(model.backbone().decoder_start()),
      prompts_(text_batch(rows_of(prompts), form.tasks, form.device)),
      cache_(longest_text(prompts, start_.has_value(), form)) {
  check(model.backbone().vocabulary_weight().defined(),
        "the backbone has no head over the vocabulary to generate from; take one that has (llama, "
        "t5)");
  const std::int64_t room = model.backbone().longest_sequence();
  const std::int64_t longest = longest_text(prompts, start_.has_value(), form);
  check(room == 0 || longest <= room,
        "a prompt with {} tokens behind it has {} positions, and the backbone has {}; ask for "
        "fewer tokens, or prepare the suite with shorter prompts",
        form.most_tokens, longest, room);
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    task_.push_back(prompts[i].task);
    position_.push_back(start_ ? 0 : static_cast<std::int64_t>(prompts[i].tokens.size()));
    prompt_.push_back(static_cast<std::int64_t>(i));
  }
}

Tensor Decoding::begin() {
  if (!start_) return logits(prompts_);
  return append(std::vector<std::int32_t>(task_.size(), static_cast<std::int32_t>(*start_)));
}

Tensor Decoding::append(const std::vector<std::int32_t>& tokens) {
  Batch batch = rows_that_follow(tokens);
  for (std::int64_t& position : position_) ++position;
  if (!start_) return logits(batch);
  batch.source_sequence = torch::tensor(prompt_, torch::kInt64).to(form_.device);
  batch.source_buckets = LazyBuckets(batch.buckets, prompts_.buckets, prompt_);
  prompts_.decoder = std::make_shared<Batch>(std::move(batch));
  return logits(prompts_);
}

Batch Decoding::rows_that_follow(const std::vector<std::int32_t>& tokens) const {
  std::vector<TextRows> rows;
  for (std::size_t i = 0; i < task_.size(); ++i) {
    rows.push_back({{tokens.at(i)}, task_[i], position_[i]});
  }
  return text_batch(rows, form_.tasks, form_.device);
}

Tensor Decoding::logits(const Batch& batch) {
  const torch::NoGradGuard no_grad;
  const Batch& growing = batch.answering();
  cache_.begin(growing);
  const Hidden hidden = model_.backbone().forward(
      {.batch = batch, .count_usage = form_.count_usage, .cache = &cache_});
  const Tensor& rows = hidden.decoded.defined() ? hidden.decoded : hidden.rows;
  const Tensor last = rows.index_select(0, growing.first_rows + growing.lengths - 1);
  const Tensor weight = model_.backbone().vocabulary_weight();
  return last.mm(weight.to(last.scalar_type()).t()).to(computed_in(last));
}

void Decoding::select(const std::vector<std::int64_t>& texts) {
  take(task_, texts);
  take(position_, texts);
  take(prompt_, texts);
  cache_.select(torch::tensor(texts, torch::kInt64).to(form_.device));
}

}  // namespace rankwise
