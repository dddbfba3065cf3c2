/// Texts that a model goes on with behind prompts: greedy, by beams, or drawn.
#pragma once

#include "framework/generate/decoding.h"
#include "framework/generate/options.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

enum class Ended { kEndToken, kStop, kLimit };

struct GeneratedText {
  std::vector<std::int32_t> tokens;  // with the end token where it ended so
  double score = 0;                  // log-probability in nats; by beams: over length^penalty
  Ended ended = Ended::kLimit;
  /// The smallest difference between logits (by beams: log-probabilities) that decided a token:
  /// where it is tiny, another machine may go on otherwise. Drawn texts: infinite.
  double margin = std::numeric_limits<double>::infinity();
};

/// What a run of the generation is told beside its options.
struct GenerationInputs {
  DecodingForm form;                       // `most_tokens` is filled in
  std::vector<std::int32_t> end_tokens;    // any of them ends a text
  const TokenTexts* tokens = nullptr;      // asked for by `stop`
  std::vector<Seed> noise = {};            // of each prompt where texts are drawn; sample s takes
                                           // its stream(s)
  std::vector<std::int64_t> lengths = {};  // of each prompt where its texts end with so many
                                           // tokens, whatever they say; max_tokens at most
};

/// The texts of each prompt: one, or as many as samples. Texts do not depend on which prompts stand
/// beside them, but for rounding.
std::vector<std::vector<GeneratedText>> generate(Model& model, const std::vector<Prompt>& prompts,
                                                 const GenerationOptions& options,
                                                 const GenerationInputs& inputs);

/// Probabilities [V] of the next token after temperature and top-p, from its logits [V].
std::vector<double> sampling_probabilities(const torch::Tensor& logits, double temperature,
                                           double top_p);

}  // namespace rankwise
