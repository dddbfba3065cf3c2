/// How a model writes a text.
#pragma once

#include "framework/core/options.h"

#include <cstdint>
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

}  // namespace rankwise
