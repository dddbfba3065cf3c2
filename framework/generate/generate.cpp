#include "framework/generate/generate.h"

#include "framework/generate/strategies.h"

namespace rankwise {

std::vector<std::vector<GeneratedText>> generate(Model& model, const std::vector<Prompt>& prompts,
                                                 const GenerationOptions& options,
                                                 const GenerationInputs& inputs) {
  const torch::NoGradGuard no_grad;
  DecodingForm form = inputs.form;
  form.most_tokens = options.max_tokens;
  Decoding decoding(model, prompts, form);
  const auto count = static_cast<std::int64_t>(prompts.size());
  return options.strategy == Strategy::kBeam ? grow_beams(decoding, count, options, inputs)
                                             : grow_one_by_one(decoding, count, options, inputs);
}

}  // namespace rankwise
