// Beam search as transformers does it: of each prompt's texts grown by a token the best 2 B are
// looked at, those that end among the first B are finished, the best B others run on.

#include "framework/generate/strategies.h"

#include <algorithm>
#include <cmath>

namespace rankwise {

using torch::Tensor;

namespace {

struct Beam {
  std::vector<std::int32_t> tokens;
  double log_probability = 0;
};

// A text grown by one token, from running beam `from`.
struct Grown {
  std::int64_t from = 0;
  std::int32_t token = 0;
  double log_probability = 0;
};

class Search {
 public:
  Search(const GenerationOptions& options, std::size_t prompt)
      : options_(options), prompt_(prompt), running_(1) {}

  std::size_t beams() const { return running_.size(); }
  std::size_t candidates() const { return static_cast<std::size_t>(2 * options_.beams + 1); }
  double log_probability(std::size_t beam) const { return running_[beam].log_probability; }
  GeneratedText best() const {
    GeneratedText text = finished_.front();
    text.margin = margin_;
    return text;
  }

  /// `grown`: the candidates, best first. False: the search is over.
  bool advance(const std::vector<Grown>& grown, const Ending& ending) {
    compare(grown);
    const std::size_t looked_at = std::min(grown.size(), candidates() - 1);
    std::vector<Beam> running;
    from_.clear();
    for (std::size_t i = 0; i < looked_at; ++i) {
      GeneratedText text{.tokens = running_[grown[i].from].tokens};
      text.tokens.push_back(grown[i].token);
      const bool ended = ending.has_ended(text, prompt_);
      if (ended && i < static_cast<std::size_t>(options_.beams)) finish(text, grown[i]);
      if (ended || running.size() == static_cast<std::size_t>(options_.beams)) continue;
      running.push_back({std::move(text.tokens), grown[i].log_probability});
      from_.push_back(grown[i].from);
    }
    running_ = std::move(running);
    return !running_.empty() && !is_over();
  }

  /// Of each running beam the one that it grew from, and its last token.
  const std::vector<std::int64_t>& from() const { return from_; }
  std::int32_t last_token(std::size_t beam) const { return running_[beam].tokens.back(); }

 private:
  double score(double log_probability, std::size_t tokens) const {
    return log_probability / std::pow(static_cast<double>(tokens), options_.length_penalty);
  }

  void finish(const GeneratedText& text, const Grown& grown) {
    finished_.push_back(text);
    finished_.back().score = score(grown.log_probability, text.tokens.size());
    std::stable_sort(finished_.begin(), finished_.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    if (finished_.size() > static_cast<std::size_t>(options_.beams)) finished_.pop_back();
  }

  bool is_over() {
    if (finished_.size() < static_cast<std::size_t>(options_.beams)) return false;
    if (options_.early_stopping) return true;
    const double hope = score(running_[0].log_probability, running_[0].tokens.size());
    return hope <= finished_.back().score;
  }

  void compare(const std::vector<Grown>& grown) {
    for (std::size_t i = 0; i + 1 < grown.size(); ++i) {
      margin_ = std::min(margin_, grown[i].log_probability - grown[i + 1].log_probability);
    }
  }

  const GenerationOptions& options_;
  std::size_t prompt_;
  std::vector<Beam> running_;
  std::vector<std::int64_t> from_;
  std::vector<GeneratedText> finished_;  // best first, as many as beams at most
  double margin_ = std::numeric_limits<double>::infinity();
};

// The best of a prompt's texts, each grown by every token. scores [beams, V] log-probabilities.
std::vector<Grown> best_grown(const Search& search, const Tensor& scores) {
  Tensor sums = scores.clone();
  for (std::size_t beam = 0; beam < search.beams(); ++beam) {
    sums[static_cast<std::int64_t>(beam)].add_(search.log_probability(beam));
  }
  const std::int64_t vocabulary = sums.size(1);
  const std::int64_t count = std::min(static_cast<std::int64_t>(search.candidates()), sums.numel());
  const auto [values, places] = sums.flatten().topk(count);
  std::vector<Grown> grown;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto place = places[i].item<std::int64_t>();
    grown.push_back({place / vocabulary, static_cast<std::int32_t>(place % vocabulary),
                     values[i].item<double>()});
  }
  return grown;
}

}  // namespace

std::vector<std::vector<GeneratedText>> grow_beams(Decoding& decoding, std::int64_t prompts,
                                                   const GenerationOptions& options,
                                                   const GenerationInputs& inputs) {
  const Ending ending(options, inputs);
  std::vector<Search> searches;
  std::vector<std::size_t> running;
  for (std::size_t i = 0; i < static_cast<std::size_t>(prompts); ++i) {
    searches.emplace_back(options, i);
    running.push_back(i);
  }
  Tensor logits = decoding.begin();
  while (!running.empty()) {
    const Tensor scores = torch::log_softmax(logits.to(torch::kCPU, torch::kFloat64), 1);
    std::vector<std::int64_t> texts;
    std::vector<std::int32_t> tokens;
    std::vector<std::size_t> left;
    std::int64_t first = 0;
    for (const std::size_t i : running) {
      Search& search = searches[i];
      const auto beams = static_cast<std::int64_t>(search.beams());
      const bool goes_on =
          search.advance(best_grown(search, scores.narrow(0, first, beams)), ending);
      for (std::size_t beam = 0; goes_on && beam < search.beams(); ++beam) {
        texts.push_back(first + search.from()[beam]);
        tokens.push_back(search.last_token(beam));
      }
      if (goes_on) left.push_back(i);
      first += beams;
    }
    running = std::move(left);
    if (running.empty()) break;
    decoding.select(texts);
    logits = decoding.append(tokens);
  }
  std::vector<std::vector<GeneratedText>> found;
  for (const Search& search : searches) found.push_back({search.best()});
  return found;
}

}  // namespace rankwise
