#include "framework/generate/ending.h"

#include "framework/core/error.h"

#include <algorithm>

namespace rankwise {

Ending::Ending(const GenerationOptions& options, const GenerationInputs& inputs)
    : options_(options), inputs_(inputs) {
  check(options.stop.empty() || (inputs.tokens != nullptr && inputs.tokens->known()),
        "stop: where a text stops is not known without the tokens' texts; prepare the suite again, "
        "or leave 'stop' out");
}

bool Ending::is_end(std::int32_t token) const {
  const auto& ends = inputs_.end_tokens;
  return std::find(ends.begin(), ends.end(), token) != ends.end();
}

bool Ending::has_ended(GeneratedText& text, std::size_t prompt) const {
  const auto tokens = static_cast<std::int64_t>(text.tokens.size());
  if (!inputs_.lengths.empty()) return tokens >= inputs_.lengths.at(prompt);
  if (is_end(text.tokens.back())) {
    text.ended = Ended::kEndToken;
    return true;
  }
  if (!options_.stop.empty() && has_stopped(text.tokens)) {
    text.ended = Ended::kStop;
    return true;
  }
  return tokens == options_.max_tokens;
}

// Whether the last token completed a stop string.
bool Ending::has_stopped(const std::vector<std::int32_t>& tokens) const {
  std::size_t longest = 0;
  for (const std::string& stop : options_.stop) longest = std::max(longest, stop.size());
  const std::size_t enough = longest + inputs_.tokens->of(tokens.back()).size();
  std::string tail;
  for (auto token = tokens.rbegin(); token != tokens.rend() && tail.size() < enough; ++token) {
    tail.insert(0, inputs_.tokens->of(*token));
  }
  return std::any_of(options_.stop.begin(), options_.stop.end(),
                     [&](const std::string& stop) { return tail.find(stop) != std::string::npos; });
}

}  // namespace rankwise
