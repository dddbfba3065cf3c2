#include "framework/run/writing_rehearsal.h"

#include "framework/run/timed_parts.h"
#include "framework/train/generated_answers.h"

#include <algorithm>

namespace rankwise {

namespace {

constexpr std::int64_t kFewTokens = 4;

// So many of its texts, spread over the batch, each with so many tokens at most.
WritingBatch cut(const WritingBatch& whole, std::size_t texts, std::int64_t tokens) {
  WritingBatch part;
  for (std::size_t i = 0; i < texts; ++i) {
    const std::size_t place = i * whole.examples.size() / texts;
    part.examples.push_back(whole.examples[place]);
    part.prompt_rows.push_back(whole.prompt_rows[place]);
    part.lengths.push_back(std::min(tokens, whole.lengths[place]));
  }
  return part;
}

class Writing {
 public:
  Writing(Model& model, const Dataset& dataset, const TrainOptions& options, torch::Device device)
      : model_(model),
        dataset_(dataset),
        form_{options.generation, Seed(0), options.evaluation_rows, device} {}

  void write(const WritingPart& of, const WritingBatch& batch) {
    const Stopwatch watch;
    write_texts(model_, dataset_, {of.task, of.split, batch.examples, batch.lengths}, form_);
    parts_.push_back({amounts_of(writing_size(batch, form_.options)), watch.seconds()});
  }

  // Halves its texts and tokens in turn until what is left takes no more than `seconds`, as told by
  // the parts before; without texts where nothing does.
  WritingBatch fitting(const WritingBatch& whole, std::size_t texts, double seconds) const {
    const Rates rates = fit_rates(parts_);
    std::int64_t tokens = *std::max_element(whole.lengths.begin(), whole.lengths.end());
    for (bool fewer_texts = true;; fewer_texts = !fewer_texts) {
      WritingBatch part = cut(whole, texts, tokens);
      if (seconds_of(amounts_of(writing_size(part, form_.options)), rates) <= seconds) return part;
      if (texts == 1 && tokens <= kFewTokens) return {};
      if (fewer_texts) {
        texts = std::max<std::size_t>(1, texts / 2);
      } else {
        tokens = std::max(kFewTokens, tokens / 2);
      }
    }
  }

  const std::vector<TimedPart>& parts() const { return parts_; }

 private:
  Model& model_;
  const Dataset& dataset_;
  WritingForm form_;
  std::vector<TimedPart> parts_;
};

}  // namespace

std::vector<WritingPart> writing_parts(const Dataset& dataset, const TrainOptions& options) {
  std::vector<WritingPart> parts;
  for (std::int32_t task = 0; task < dataset.task_count(); ++task) {
    const TaskData& data = dataset.tasks[task];
    if (!is_written(data.task)) continue;
    for (const SplitName split : {SplitName::kDev, SplitName::kTest}) {
      for (WritingBatch& batch :
           writing_batches(data.split(split), options.generation, options.evaluation_rows)) {
        parts.push_back({task, split, std::move(batch)});
      }
    }
  }
  return parts;
}

Amounts amounts_of(const WritingSize& size) {
  return {static_cast<double>(size.forwards), static_cast<double>(size.prompt_rows),
          static_cast<double>(size.tokens)};
}

// The first batch is whole for its memory: room is made for max_tokens, however few are written.
// One text alone tells what a forward takes beside its rows.
Rates rehearse_writing(Model& model, const Dataset& dataset, const TrainOptions& options,
                       torch::Device device, double seconds) {
  const auto rows = [&](const WritingPart& part) {
    const auto texts = static_cast<std::int64_t>(part.batch.examples.size());
    return texts * (part.batch.prompt_rows.back() + options.generation.max_tokens);
  };
  const std::vector<WritingPart> parts = largest_then_spread(writing_parts(dataset, options), rows);
  if (parts.empty()) return {};
  const WritingPart& largest = parts.front();
  const Stopwatch watch;
  Writing writing(model, dataset, options, device);
  writing.write(largest, cut(largest.batch, largest.batch.examples.size(), kFewTokens));
  writing.write(largest, cut(largest.batch, 1, 4 * kFewTokens));
  for (std::size_t i = 0; !is_enough(writing.parts().size(), watch.seconds(), seconds); ++i) {
    const WritingPart& part = parts[(i + 1) % parts.size()];
    const std::size_t texts = std::max<std::size_t>(1, part.batch.examples.size() >> (i % 3));
    const WritingBatch batch = writing.fitting(part.batch, texts, (seconds - watch.seconds()) / 2);
    if (batch.examples.empty()) break;
    writing.write(part, batch);
  }
  return fit_rates(writing.parts());
}

}  // namespace rankwise
