/// A suite in memory: per task and split, its sequences end to end.
///
/// Dimensions: N rows (tokens or feature vectors), S sequences, G groups (examples; the candidates
/// of a choice are one group), W values per target, M tokens of answers.
#pragma once

#include "framework/data/task.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise {

/// Where the rows of an answer are: behind its prompt, or in a decoder's batch of their own. The
/// last token of an answer is no input; a decoder has a start token before the first.
enum class AnswerRows { kBehindPrompt, kOwn };

/// A program that is run to see whether a generated text is right: head, the text, tail.
struct ProgramFrame {
  std::string head, tail;
};

/// One split of one task. Either `tokens` or `features` is filled.
struct Split {
  std::vector<std::int32_t> tokens;    // [N]
  std::vector<std::uint8_t> segments;  // [N] 0 or 1
  std::vector<double> features;        // [N, feature_width]
  std::vector<std::int64_t> starts;    // [S + 1] first row of each sequence
  std::vector<std::int64_t> groups;    // [G + 1] first sequence of each example
  std::vector<double> target;          // [G, W] class, candidate or values
  std::vector<double> reference;       // [G, W] the unadapted model's outputs; may be empty

  // Of tasks that are answered by likelihood, where `tokens` are the prompts: the answer that each
  // sequence goes on with. Empty for others.
  std::vector<std::int32_t> answer_tokens;  // [M]
  std::vector<std::int64_t> answer_starts;  // [S + 1] first token of each
  std::vector<std::int64_t> answer_bytes;   // [S] of its text in UTF-8

  std::vector<ProgramFrame> programs;  // [G] of texts that are generated and run; may be empty

  bool has_answers() const { return !answer_starts.empty(); }
  /// Tokens of the answer of sequence `s`; 0 where there is none.
  std::int64_t answer_length(std::int64_t s) const {
    return has_answers() ? answer_starts[s + 1] - answer_starts[s] : 0;
  }

  std::int64_t examples() const {
    return groups.empty() ? 0 : static_cast<std::int64_t>(groups.size()) - 1;
  }
  std::int64_t sequences() const {
    return starts.empty() ? 0 : static_cast<std::int64_t>(starts.size()) - 1;
  }
  /// Rows of all sequences and of their answers.
  std::int64_t rows(AnswerRows where = AnswerRows::kBehindPrompt) const;
  /// Rows of the longest sequence of a batch; 0 where there is none.
  std::int64_t longest_sequence(AnswerRows where = AnswerRows::kBehindPrompt) const;
  /// The largest segment id; 0 where there are no tokens.
  std::int64_t largest_segment() const;
  /// Rows of example `example` and of its answers.
  std::int64_t rows_of(std::int64_t example, AnswerRows where = AnswerRows::kBehindPrompt) const;
};

enum class SplitName { kTrain, kDev, kTest };
const char* to_string(SplitName name);

struct TaskData {
  Task task;
  Split train, dev, test;

  const Split& split(SplitName name) const;
};

/// What tokens say, without a tokenizer.
struct TokenTexts {
  std::vector<std::string> bytes;  // [V] of special tokens none; empty: not known
  bool strips_space = false;       // the first space of a text is not its own

  bool known() const { return !bytes.empty(); }
  /// "" of a token behind the vocabulary: heads over it may be padded.
  std::string_view of(std::int32_t token) const {
    const auto place = static_cast<std::size_t>(token);
    return place < bytes.size() ? std::string_view(bytes[place]) : std::string_view();
  }
  std::string text(const std::int32_t* first, const std::int32_t* last) const;
  std::string text(const std::vector<std::int32_t>& tokens) const {
    return text(tokens.data(), tokens.data() + tokens.size());
  }
};

struct Dataset {
  std::string suite;
  std::int64_t vocabulary = 0;     // 0: features
  std::int64_t end_token = -1;     // stands behind an answer; -1: none is known
  TokenTexts token_texts;          // where a task generates
  std::int64_t feature_width = 0;  // 0: tokens
  std::int64_t target_width = 1;   // W, the same for all tasks
  std::vector<TaskData> tasks;

  std::int64_t task_count() const { return static_cast<std::int64_t>(tasks.size()); }
  /// Rows of all tasks.
  std::int64_t rows(SplitName name, AnswerRows where = AnswerRows::kBehindPrompt) const;
};

/// Throws Error where a feature, a target or a reference is not finite in single precision; `where`
/// names the split.
void check_finite(const Split& split, const std::string& where);

/// Fills mean and deviation of regression targets from the training split; constant targets keep
/// deviation 1.
void standardise_targets(TaskData& task);

}  // namespace rankwise
