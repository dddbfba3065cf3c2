/// The planted suite on token sequences: the teacher is the run's own backbone with true updates
/// at every linear (planted.h), a random transformer for instance.
///
/// A fraction `input_separation` of a sequence's tokens are words of its task (or group): the
/// vocabulary is cut into as many equal parts. The rest are any words. Lengths are uniform from
/// half of `length` on.
#pragma once

#include "framework/suites/planted.h"

namespace rankwise {

struct PlantedTokensOptions : PlantOptions {
  std::int64_t vocabulary = 256, length = 16;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("vocabulary", self.vocabulary, "words, at least as many as tasks", positive());
    field("length", self.length, "tokens of the longest sequence", between(2, 1e6));
    PlantOptions::visit(self, field);
  }
};

/// `inputs` names the run's backbone. Throws Error for options that do not fit each other or it.
SuiteData make_planted_tokens(const PlantedTokensOptions& options, const SuiteInputs& suite);

}  // namespace rankwise
