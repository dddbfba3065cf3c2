/// How a generated text is read as an answer: rules by name, as tests/reference/text_rules.py
/// writes them down. They are ours where papers.md finds none.
#pragma once

#include "framework/core/registry.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise {

/// A registered rule.
struct AnswerRule {
  std::string summary;
  /// The answer; "" where a text has none. `labels`: those of the task, which first_label looks
  /// for.
  std::function<std::string(std::string_view text, const std::vector<std::string>& labels)> read;
  bool may_be_empty = true;  // false: a reference without an answer is a mistake in the data
};

/// code, fenced_code, first_digit, first_label, first_line, first_option, last_number,
/// marked_number, number_or_zero, plain, squad.
Registry<AnswerRule>& answer_rules();

/// White space made plain: one space between words, none around them.
std::string plain_text(std::string_view text);

}  // namespace rankwise
