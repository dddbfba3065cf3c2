/// When a text ends; for the strategies alone.
#pragma once

#include "framework/generate/generate.h"

#include <string>
#include <vector>

namespace rankwise {

class Ending {
 public:
  /// Throws Error where stop strings are asked for without the tokens' bytes.
  Ending(const GenerationOptions& options, const GenerationInputs& inputs);

  bool is_end(std::int32_t token) const;
  /// Whether the text behind this prompt has ended with its last token; it sets `ended`.
  bool has_ended(GeneratedText& text, std::size_t prompt) const;

 private:
  bool has_stopped(const std::vector<std::int32_t>& tokens) const;

  const GenerationOptions& options_;
  const GenerationInputs& inputs_;
};

}  // namespace rankwise
