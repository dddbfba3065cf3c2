#include "framework/data/split_checks.h"

#include "framework/core/error.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace rankwise {

namespace {

// Offsets of a packed array: from 0, rising, to `end`.
void check_offsets(const std::vector<std::int64_t>& offsets, std::int64_t end,
                   const std::string& where) {
  const bool rising =
      std::adjacent_find(offsets.begin(), offsets.end(), std::greater_equal<>()) == offsets.end();
  check(!offsets.empty() && offsets.front() == 0 && offsets.back() == end && rising,
        "{}: offsets must rise from 0 to {}", where, end);
}

void check_ids(const std::vector<std::int32_t>& tokens, std::int64_t vocabulary,
               const std::string& where) {
  const auto token = std::find_if(tokens.begin(), tokens.end(),
                                  [&](auto id) { return id < 0 || id >= vocabulary; });
  check(token == tokens.end(), "{}: id {} is outside the vocabulary of {}", where,
        token == tokens.end() ? 0 : *token, vocabulary);
}

// One answer a sequence, and as many sequences as the kind has candidates.
void check_answers(const Split& split, const Task& task, std::int64_t vocabulary,
                   const std::string& where) {
  check_ids(split.answer_tokens, vocabulary, where + "/answer_tokens");
  check_offsets(split.answer_starts, static_cast<std::int64_t>(split.answer_tokens.size()),
                where + "/answer_starts");
  const auto sequences = static_cast<std::size_t>(split.sequences());
  check(split.answer_starts.size() == sequences + 1 && split.answer_bytes.size() == sequences,
        "{}: {} answers of {} lengths for {} sequences", where, split.answer_starts.size() - 1,
        split.answer_bytes.size(), sequences);
  const std::int64_t least = is_text(task.kind) ? 0 : 1;  // a candidate's divide its likelihood
  const bool counted = std::all_of(split.answer_bytes.begin(), split.answer_bytes.end(),
                                   [&](std::int64_t bytes) { return bytes >= least; });
  check(counted, "{}/answer_bytes: an answer has less than {} bytes", where, least);
  if (task.kind == TaskKind::kChoose) return;
  const std::int64_t expected = is_text(task.kind) ? 1 : task.classes;
  for (std::int64_t i = 0; i < split.examples(); ++i) {
    check(split.groups[i + 1] - split.groups[i] == expected,
          "{}/groups: example {} has {} sequences, expected {}", where, i,
          split.groups[i + 1] - split.groups[i], expected);
  }
}

}  // namespace

void check_split(const Split& split, const Task& task, std::int64_t vocabulary,
                 const std::string& where) {
  check(split.segments.size() == split.tokens.size(), "{}: {} segments for {} tokens", where,
        split.segments.size(), split.tokens.size());
  check_offsets(split.starts, static_cast<std::int64_t>(split.tokens.size()), where + "/starts");
  check_offsets(split.groups, split.sequences(), where + "/groups");
  check(split.target.size() == static_cast<std::size_t>(split.examples()),
        "{}: {} targets for {} examples", where, split.target.size(), split.examples());
  check_ids(split.tokens, vocabulary, where + "/tokens");
  if (task.answered_by == AnsweredBy::kLikelihood) {
    check_answers(split, task, vocabulary, where);
  } else {
    check(split.answer_starts.empty() && split.answer_tokens.empty() && split.answer_bytes.empty(),
          "{}: has answers, which a task with a head has not", where);
  }
  check_finite(split, where);
  if (task.kind == TaskKind::kRegress) return;
  for (std::int64_t i = 0; i < split.examples(); ++i) {
    const std::int64_t candidates = split.groups[i + 1] - split.groups[i];
    const std::int64_t classes = task.kind == TaskKind::kChoose ? candidates : task.classes;
    const double target = split.target[i];
    check(target >= 0 && target < static_cast<double>(classes) && target == std::floor(target),
          "{}/target: {} of example {} is not one of {} classes", where, target, i, classes);
  }
}

void check_token_starts(const std::vector<std::int64_t>& starts, std::int64_t vocabulary,
                        std::size_t bytes, const std::string& where) {
  const bool rising = std::is_sorted(starts.begin(), starts.end());
  check(starts.size() == static_cast<std::size_t>(vocabulary) + 1 && rising &&
            starts.front() == 0 && starts.back() == static_cast<std::int64_t>(bytes),
        "{}/starts: {} offsets for {} tokens and {} bytes, expected one a token and the end", where,
        starts.size(), vocabulary, bytes);
}

}  // namespace rankwise
