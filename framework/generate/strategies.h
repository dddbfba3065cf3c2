/// How texts grow; for generate() alone.
#pragma once

#include "framework/generate/ending.h"
#include "framework/generate/generate.h"

namespace rankwise {

/// Greedy and drawn texts.
std::vector<std::vector<GeneratedText>> grow_one_by_one(Decoding& decoding, std::int64_t prompts,
                                                        const GenerationOptions& options,
                                                        const GenerationInputs& inputs);

/// The best text of a beam search a prompt.
std::vector<std::vector<GeneratedText>> grow_beams(Decoding& decoding, std::int64_t prompts,
                                                   const GenerationOptions& options,
                                                   const GenerationInputs& inputs);

}  // namespace rankwise
