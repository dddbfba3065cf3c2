// Greedy and drawn texts: each grows by itself.

#include "framework/generate/strategies.h"

#include <algorithm>
#include <numeric>

namespace rankwise {

using torch::Tensor;

namespace {

// The texts that still grow; what has ended leaves the model.
class Growing {
 public:
  Growing(std::int64_t prompts, const GenerationOptions& options, const GenerationInputs& inputs)
      : options_(options), ending_(options, inputs) {
    const std::int64_t samples = options.strategy == Strategy::kSample ? options.samples : 1;
    found.resize(static_cast<std::size_t>(prompts));
    for (std::int64_t i = 0; i < prompts; ++i) {
      for (std::int64_t s = 0; s < samples; ++s) {
        places_.emplace_back(i, s);
        prompts_.push_back(i);
        if (options.strategy != Strategy::kSample) continue;
        noise_.push_back(inputs.noise.at(static_cast<std::size_t>(i))
                             .stream(static_cast<std::uint64_t>(s))
                             .random());
      }
      found[i].resize(static_cast<std::size_t>(samples));
    }
  }

  /// [S] the prompt of each text, as it stands before the first token.
  const std::vector<std::int64_t>& prompts() const { return prompts_; }

  /// Grows each text by a token, of its row of the logits [S, V]; gives the tokens.
  std::vector<std::int32_t> grow(const Tensor& logits) {
    const Tensor log_sum = logits.logsumexp(1).to(torch::kCPU, torch::kFloat64);
    const auto tokens = options_.strategy == Strategy::kSample ? draw(logits) : best(logits);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      GeneratedText& text = text_of(i);
      text.tokens.push_back(tokens[i]);
      text.score += logits[static_cast<std::int64_t>(i)][tokens[i]].item<double>() -
                    log_sum[static_cast<std::int64_t>(i)].item<double>();
    }
    return tokens;
  }

  /// Texts that have not ended, by their place among those that grew.
  std::vector<std::int64_t> left() {
    std::vector<std::int64_t> left;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!ending_.has_ended(text_of(i), static_cast<std::size_t>(places_[i].first)))
        left.push_back(static_cast<std::int64_t>(i));
    }
    return left;
  }

  void keep(const std::vector<std::int64_t>& left) {
    for (std::size_t i = 0; i < left.size(); ++i) {
      places_[i] = places_[left[i]];
      if (!noise_.empty()) noise_[i] = noise_[left[i]];
    }
    places_.resize(left.size());
    if (!noise_.empty()) noise_.resize(left.size(), Random(0));
  }

  std::vector<std::vector<GeneratedText>> found;

 private:
  GeneratedText& text_of(std::size_t i) { return found[places_[i].first][places_[i].second]; }

  std::vector<std::int32_t> best(const Tensor& logits) {
    const auto [values, tokens] = logits.topk(std::min<std::int64_t>(2, logits.size(1)), 1);
    const Tensor value = values.to(torch::kCPU, torch::kFloat64), token = tokens.cpu();
    std::vector<std::int32_t> chosen;
    for (std::int64_t i = 0; i < logits.size(0); ++i) {
      chosen.push_back(static_cast<std::int32_t>(token[i][0].item<std::int64_t>()));
      if (value.size(1) < 2) continue;
      GeneratedText& text = text_of(static_cast<std::size_t>(i));
      text.margin = std::min(text.margin, value[i][0].item<double>() - value[i][1].item<double>());
    }
    return chosen;
  }

  std::vector<std::int32_t> draw(const Tensor& logits) {
    std::vector<std::int32_t> chosen;
    for (std::int64_t i = 0; i < logits.size(0); ++i) {
      const auto probabilities =
          sampling_probabilities(logits[i], options_.temperature, options_.top_p);
      chosen.push_back(static_cast<std::int32_t>(noise_[i].choice(probabilities)));
    }
    return chosen;
  }

  const GenerationOptions& options_;
  Ending ending_;
  std::vector<std::pair<std::int64_t, std::int64_t>> places_;  // prompt and sample of each
  std::vector<std::int64_t> prompts_;
  std::vector<Random> noise_;
};

}  // namespace

std::vector<std::vector<GeneratedText>> grow_one_by_one(Decoding& decoding, std::int64_t prompts,
                                                        const GenerationOptions& options,
                                                        const GenerationInputs& inputs) {
  Growing growing(prompts, options, inputs);
  Tensor logits = decoding.begin();
  if (growing.prompts().size() > static_cast<std::size_t>(prompts)) {
    decoding.select(growing.prompts());
    logits =
        logits.index_select(0, torch::tensor(growing.prompts(), torch::kInt64).to(logits.device()));
  }
  while (true) {
    std::vector<std::int32_t> tokens = growing.grow(logits);
    const std::vector<std::int64_t> left = growing.left();
    if (left.empty()) return std::move(growing.found);
    if (left.size() < tokens.size()) {
      for (std::size_t i = 0; i < left.size(); ++i) tokens[i] = tokens[left[i]];
      tokens.resize(left.size());
      growing.keep(left);
      decoding.select(left);
    }
    logits = decoding.append(tokens);
  }
}

std::vector<double> sampling_probabilities(const Tensor& logits, double temperature, double top_p) {
  const Tensor all = torch::softmax(logits.to(torch::kCPU, torch::kFloat64) / temperature, 0);
  auto [sorted, order] = all.sort(/*dim=*/0, /*descending=*/true);
  // A token stays while those before it have not reached top_p; the first always does.
  const Tensor before = sorted.cumsum(0) - sorted;
  Tensor kept = sorted * (before < top_p).to(sorted.scalar_type());
  kept = torch::zeros_like(all).index_copy(0, order, kept / kept.sum());
  const double* first = kept.data_ptr<double>();
  return {first, first + kept.numel()};
}

}  // namespace rankwise
