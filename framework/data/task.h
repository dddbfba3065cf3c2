/// A task of a suite: what its targets are and how it is scored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise {

/// classify: one of `classes` classes. regress: `outputs` real values. choose: the right one of an
/// example's candidates. generate: a text from a text. language_model: a text, token by token.
enum class TaskKind { kClassify, kRegress, kChoose, kGenerate, kLanguageModel };

std::string_view to_string(TaskKind kind);
/// Throws Error for an unknown kind.
TaskKind task_kind(std::string_view name);

/// By which part of a model a task is solved: a head of its own on the pooled vector, or the
/// likelihood of its answers' tokens under the backbone's head over the vocabulary.
enum class AnsweredBy { kHead, kLikelihood };

std::string_view to_string(AnsweredBy part);
/// Throws Error for an unknown word.
AnsweredBy answered_by(std::string_view name);

struct Task {
  std::string name;
  std::string family;
  TaskKind kind = TaskKind::kClassify;
  std::int64_t classes = 2;  // labels, candidates, or 1 for a real target
  std::int64_t outputs = 2;  // values its head gives a sequence
  AnsweredBy answered_by = AnsweredBy::kHead;
  bool loss_on_prompt = false;       // by likelihood: training counts the prompt's tokens too
  std::vector<std::string> metrics;  // the first one enters averages
  std::vector<std::string> labels;   // names of the classes; may be empty
  std::string read = "plain";        // how an answer is read from a generated text
  double target_mean = 0;            // regression targets are (y - mean) / deviation
  double target_std = 1;
  double loss_scale = 1;  // multiplies the task's loss
};

/// True where the target is a text, and the score one of its tokens' probabilities.
bool is_text(TaskKind kind);

/// Throws Error where `names`, the tasks that options ask for, has one twice or one that is not of
/// `known`, the tasks of `suite`.
void check_tasks_asked_for(const std::vector<std::string>& names,
                           const std::vector<std::string>& known, const std::string& suite);

/// Throws Error for a task that cannot be trained, scored and recorded: a name that a path or a
/// module cannot take, control characters, too few classes, labels that are not one a class, a
/// metric that is unknown, there twice, or of another kind of target.
void check_task(const Task& task);

}  // namespace rankwise
