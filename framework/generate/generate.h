/// Texts that a model goes on with behind prompts: greedy, by beams, or drawn.
#pragma once

#include "framework/core/options.h"
#include "framework/generate/decoding.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

enum class Strategy { kGreedy, kBeam, kSample };

struct GenerationOptions {
  Strategy strategy = Strategy::kGreedy;
  std::int64_t max_tokens = 64;
  std::int64_t beams = 4;
  double length_penalty = 1;
  bool early_stopping = false;
  double temperature = 1, top_p = 1;
  std::int64_t samples = 1;
  std::vector<std::string> stop;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(
        "strategy", self.strategy,
        "greedy: the likeliest token each time; beam: the best of some texts at once; sample: "
        "drawn",
        {{Strategy::kGreedy, "greedy"}, {Strategy::kBeam, "beam"}, {Strategy::kSample, "sample"}});
    field("max_tokens", self.max_tokens, "tokens behind a prompt at most, the end token among them",
          positive());
    field("beams", self.beams, "of strategy beam", positive());
    field("length_penalty", self.length_penalty,
          "of strategy beam: a finished text's log-probability is divided by its tokens to the "
          "power of it");
    field("early_stopping", self.early_stopping,
          "of strategy beam: it ends with as many finished texts as beams, not when no running one "
          "can become better");
    field("temperature", self.temperature, "of strategy sample: logits are divided by it",
          positive());
    field("top_p", self.top_p,
          "of strategy sample: from the likeliest tokens on, those that reach this probability",
          between(1e-9, 1));
    field("samples", self.samples, "of strategy sample: texts a prompt", positive());
    field("stop", self.stop, "texts that end one where they appear, beside the end token");
  }
};

/// Bytes of each token, to tell where a text stops. [V]
using TokenBytes = std::vector<std::string>;

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
  DecodingForm form;                     // `most_tokens` is filled in
  std::vector<std::int32_t> end_tokens;  // any of them ends a text
  const TokenBytes* bytes = nullptr;     // of the tokenizer; asked for by `stop`
  Seed seed{0};                          // sample s of prompt i: seed.stream(i).stream(s)
  std::int64_t first_prompt = 0;         // the number of the first prompt, for its stream
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
