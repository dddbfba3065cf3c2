#include "framework/core/other_names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace rankwise {
namespace {

using Conversion = std::pair<std::string_view, std::string_view>;

// Transformers 4 (TrainingArguments) and PEFT 0.17 (LoraConfig).
constexpr std::array<Conversion, 25> kConversions = {{
    {"per_device_train_batch_size",
     "train.batch, the examples of an optimizer step: per_device_train_batch_size * "
     "gradient_accumulation_steps; train.micro_batch: those of a forward pass"},
    {"gradient_accumulation_steps",
     "train.micro_batch, the examples of a forward pass: train.batch / "
     "gradient_accumulation_steps"},
    {"per_device_eval_batch_size", "train.evaluation_rows, the tokens of an evaluation batch"},
    {"eval_steps",
     "train.evaluations, how many there are, evenly spread: train.steps / eval_steps"},
    {"eval_strategy", "train.evaluations, how many there are, evenly spread"},
    {"evaluation_strategy", "train.evaluations, how many there are, evenly spread"},
    {"save_steps", "record.checkpoint_every, in steps or as \"10 min\""},
    {"logging_steps", "nothing: every step is recorded (record.logs: jsonl, tensorboard)"},
    {"report_to", "record.logs: jsonl, tensorboard"},
    {"lr_scheduler_type",
     "train.schedule: linear, cosine, or constant, which is Trainer's constant_with_warmup "
     "(its constant: with train.warmup 0)"},
    {"optim", "nothing: the optimizer is AdamW (train.beta1, beta2, epsilon, weight_decay)"},
    {"bf16", "train.precision: \"bf16\""},
    {"fp16", "train.precision: \"bf16\"; there is no fp16"},
    {"tf32", "train.precision: \"tf32\""},
    {"early_stopping_patience", "train.early_stopping.patience"},
    {"metric_for_best_model", "train.early_stopping.metric"},
    {"early_stopping_threshold", "train.early_stopping.min_delta"},
    {"data_seed", "seed, of every random stream"},
    {"output_dir", "the flag --results of rankwise run"},
    {"use_rslora", "options.scaling: \"rank_stabilised\""},
    {"use_dora", "another \"variant\"; rankwise list variants"},
    {"modules_to_save", "nothing: the heads of the tasks are always trained"},
    {"layers_to_transform", "sites, patterns such as \"layer.0.*\""},
    {"rank_pattern", "options.site_options: {\"*.query\": {\"rank\": 4}}"},
    {"alpha_pattern", "options.site_options: {\"*.query\": {\"alpha\": 8}}"},
}};

}  // namespace

std::optional<std::string> instead_of(std::string_view name) {
  const auto* found = std::find_if(kConversions.begin(), kConversions.end(),
                                   [&](const Conversion& one) { return one.first == name; });
  if (found == kConversions.end()) return std::nullopt;
  return std::string(found->second);
}

}  // namespace rankwise
